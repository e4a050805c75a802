import { systemClock } from '../../lib/host/system-clock.js'
import type { Answer } from '../../lib/row/answer.js'
import type { Answered } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { emptyTally } from '../../lib/row/tally.js'
import { openBatchStore } from '../../lib/store/open-batch-store.js'
import { readMessages } from '../../lib/template/read-messages.js'
import { fragmentOf } from '../store/write-calls.js'
import { queryDatabase } from '../support/query-database.js'
import { answer, prompt, range } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { type StubServer, startStubServer } from '../support/stub-server.js'
import { until } from '../support/until.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { isPythonLlmThere, type PythonVersion, runPythonLlm, startPythonLlm } from './python-llm.js'

const fragment = fragmentOf('Frag one text')

/** So long that llm keeps it once. */
const olive = `Olive ${'"o" 😀 '.repeat(20)}`

const rows: readonly Answered[] = [
  answeredRow(
    0,
    { text: 'Name a pelican', system: 'Be nice' },
    { text: 'Percy 😀 ünï\n"q" \u2028 end' },
  ),
  answeredRow(1, { text: 'question?', fragments: [fragment] }, { text: 'A walrus.' }),
  answeredRow(
    2,
    { text: 'Name an otter', system: 'Be nice', options: { temperature: 0.5 } },
    {
      text: olive,
      reasoning: 'It rhymes',
      reply: { id: 'chatcmpl-1', odd: { $: 'key' }, message: { content: olive } },
      usage: { inputTokens: 4, outputTokens: 2, details: { cached: 1 } },
      startedAtMs: Date.UTC(2026, 10, 23, 1, 2, 3, 456),
    },
  ),
]

function answeredRow(index: number, asked: Partial<Prompt>, given: Partial<Answer>): Answered {
  const whole = { ...prompt(index), ...asked }
  return {
    kind: 'answered',
    row: whole.row,
    prompt: whole,
    answer: answer('', given),
    attempts: 1,
  }
}

const questions = [
  ['logs', 'list', '--json', '-n', '0'],
  ['logs', 'list', '--json', '-q', 'pelican'],
  ['logs', 'list', '--json', '-f', fragment.hash],
  ['logs', 'status'],
  ['fragments', 'list', '--json'],
  ['-c', 'And another?', '--no-stream'],
  ['logs', 'list', '--json', '-c'],
] as const

// Skipped where it is absent: `sh spec/support/install-python-llm.sh` gets it. CI may not skip it.
const describeWithPython = isPythonLlmThere || process.env.CI === 'true' ? describe : describe.skip

describeWithPython('the real Python llm', () => {
  let workdir: Workdir
  let server: StubServer

  beforeEach(async () => {
    workdir = await makeWorkdir()
    server = await startStubServer({ isRecording: true })
  })

  afterEach(async () => {
    await server.close()
    await workdir.remove()
  })

  const runPython = (version: PythonVersion, ...commands: (readonly string[])[]) =>
    runPythonLlm({ version, userPath: workdir.path, baseUrl: server.url }, commands)

  /** Records the rows as a batch does, and lets Python work while the file is still open. */
  async function recordAnd<T>(
    during: () => Promise<T>,
    outcomes: readonly Answered[] = rows,
  ): Promise<T> {
    const path = workdir.join('logs.db')
    const store = await openBatchStore({ path, clock: systemClock, log: true })
    const run = { id: 'b', inputFile: '-', outputFile: undefined, config: {} }
    const started = await (await store.begin({ ...run, model: 'gpt-4o-mini' })).start()
    void started.append(outcomes)
    const isWritten = async () => (await queryDatabase(path, 'SELECT 1 FROM batch_rows')).length
    await until(async () => (await isWritten()) === outcomes.length)
    const result = await during()
    const pulse = { totalRows: outcomes.length, tally: emptyTally }
    await started.end({ status: 'completed', pulse, isWhole: true })
    await store.close()
    return result
  }

  /** What any version must show of the rows, in tables of its own generation. */
  async function expectShown(version: PythonVersion, promptOfFragment: string): Promise<void> {
    const results = await recordAnd(() => runPython(version, ...questions))

    expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([])
    const [listed, found, withFragment, , fragments, , continued] = results.map(({ output }) =>
      output.startsWith('[') ? JSON.parse(output) : output,
    )
    const ours = listed.filter((entry: any) => entry.conversation_name !== 'hello')
    expect(ours).toMatchObject([
      { prompt: 'Name a pelican', system: 'Be nice', response: rows[0]?.answer.text },
      { prompt: promptOfFragment, response: 'A walrus.', prompt_fragments: [fragmentShown] },
      {
        prompt: 'Name an otter',
        response: olive,
        model: 'gpt-4o-mini',
        options_json: { temperature: 0.5 },
        response_json: { id: 'chatcmpl-1', message: { content: olive } },
        input_tokens: 4,
        output_tokens: 2,
        token_details: '{"cached":1}',
        duration_ms: 5,
        datetime_utc: '2026-11-23T01:02:03.456000+00:00',
        conversation_name: 'Name an otter',
        conversation_model: 'gpt-4o-mini',
      },
    ])
    expect(found).toMatchObject([{ prompt: 'Name a pelican' }])
    expect(withFragment).toMatchObject([{ response: 'A walrus.' }])
    expect(fragments).toMatchObject([{ hash: fragment.hash, content: fragment.content }])
    expect(continued).toMatchObject([
      { response: olive },
      { prompt: 'And another?', response: 'Answer to: And another?' },
    ])
    expect(server.requests.at(-1)?.body.messages).toMatchObject([
      { role: 'system', content: 'Be nice' },
      { role: 'user', content: 'Name an otter' },
      { role: 'assistant', content: olive },
      { role: 'user', content: 'And another?' },
    ])
  }

  const fragmentShown = { hash: fragment.hash, content: fragment.content, aliases: [] }
  const hello = ['-m', 'gpt-4o-mini', 'hello', '--no-stream']

  it('0.36 lists, searches and continues what we logged in a file of ours, each answer once', async () => {
    await expectShown('0.36', 'Frag one text\nquestion?')

    const [verified, status, listed, found, ...others] = await runPython(
      '0.36',
      ['verify'],
      ['logs', 'status'],
      ['logs', 'list', '--json', '-n', '0'],
      ['logs', 'list', '--json', '-q', 'otter'],
      ['schemas', 'list'],
      ['fragments', 'list', '--json'],
    )
    expect(verified?.output).toBe('[]')
    expect(status?.output).toContain('Number of turns logged:\t\t4')
    expect(JSON.parse(listed?.output ?? '')).toHaveLength(4)
    expect(JSON.parse(found?.output ?? '')).toMatchObject([{ response: olive }])
    expect(others.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  })

  describe('of a conversation that a row gives', () => {
    const given = [
      { role: 'system', content: 'Be nice' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A lake' },
          { type: 'text', text: ' 😀' },
        ],
      },
      { role: 'assistant', content: 'Como' },
      { role: 'tool', tool_call_id: 'c', content: '12 °C' },
      { role: 'user', content: 'Another?' },
    ]
    const messages = readMessages(given, 'messages')
    const asked = { text: 'Another?', system: 'Be nice', messages }
    const outcome = answeredRow(0, asked, { text: 'Garda' })

    it('0.36 shows the last turn, finds every hash right, and continues the whole', async () => {
      const [listed, verified, continued] = await recordAnd(
        () =>
          runPython(
            '0.36',
            ...[['logs', 'list', '--json'], ['verify'], ['-c', 'Why?', '--no-stream']],
          ),
        [outcome],
      )

      expect(JSON.parse(listed?.output ?? '')).toMatchObject([
        { prompt: 'Another?', system: 'Be nice', response: 'Garda' },
      ])
      expect(verified?.output).toBe('[]')
      expect(continued).toMatchObject({ exitCode: 0 })
      expect(server.requests.at(-1)?.body.messages).toMatchObject([
        { role: 'system', content: 'Be nice' },
        { role: 'user', content: 'A lake 😀' },
        { role: 'assistant', content: 'Como' },
        // llm itself sends results of tools only with the calls that they answer.
        { role: 'user', content: 'Another?' },
        { role: 'assistant', content: 'Garda' },
        { role: 'user', content: 'Why?' },
      ])
    })

    it('0.31.1 shows the last turn', async () => {
      await runPython('0.31.1', hello)
      const [listed] = await recordAnd(
        () => runPython('0.31.1', ['logs', 'list', '--json', '-n', '1']),
        [outcome],
      )

      expect(JSON.parse(listed?.output ?? '')).toMatchObject([
        { prompt: 'Another?', system: 'Be nice', response: 'Garda' },
      ])
    })
  })

  it('0.36 lists, searches and continues what we logged in a file of its own', async () => {
    await runPython('0.36', hello)

    await expectShown('0.36', 'Frag one text\nquestion?')

    expect(await runPython('0.36', ['verify'])).toEqual([{ exitCode: 0, output: '[]' }])
  })

  it('0.31.1 lists, searches and continues what we logged in a file of its own, and 0.36 upgrades it', async () => {
    await runPython('0.31.1', hello)

    await expectShown('0.31.1', 'question?')

    const [listed, status] = await runPython(
      '0.36',
      ['logs', 'list', '--json', '-n', '0'],
      ['logs', 'status'],
    )
    expect(JSON.parse(listed?.output ?? '')).toHaveLength(5)
    expect(status?.output).toContain('Number of legacy responses:\t5')
  })

  it('0.31.1 opens a file of ours and logs there, though it sees nothing of what we logged', async () => {
    await recordAnd(async () => {})

    const [asked, listed] = await runPython('0.31.1', hello, ['logs', 'list', '--json', '-n', '0'])

    expect(asked?.exitCode).toBe(0)
    expect(JSON.parse(listed?.output ?? '')).toMatchObject([{ prompt: 'hello' }])
    const [all] = await runPython('0.36', ['logs', 'list', '--json', '-n', '0'])
    expect(JSON.parse(all?.output ?? '')).toHaveLength(4)
  })

  it('has our answers in the tables of its own generation alone, in a file of its own', async () => {
    await runPython('0.36', ['fragments', 'list'])

    await recordAnd(async () => {})

    const path = workdir.join('logs.db')
    expect(await queryDatabase(path, 'SELECT count(*) AS n FROM turns')).toEqual([{ n: 3 }])
    expect(await queryDatabase(path, 'SELECT count(*) AS n FROM responses')).toEqual([{ n: 0 }])
  })

  it('finds our file made like its own: columns, types, keys, indexes, triggers, view, migrations', async () => {
    const theirs = await makeWorkdir()
    const options = { version: '0.36', userPath: theirs.path, baseUrl: server.url } as const
    const opening = [
      ['fragments', 'list'],
      ['logs', 'list', '-d', workdir.join('logs.db')],
    ]

    const beforePython = await recordAnd(async () => {
      const shape = await shapeOf(workdir.join('logs.db'))
      await runPythonLlm(options, opening)
      return shape
    })

    const theirShape = await shapeOf(theirs.join('logs.db'))
    expect(beforePython).toEqual(theirShape)
    expect(await shapeOf(workdir.join('logs.db'))).toEqual(theirShape)
    await theirs.remove()
  })

  it('0.36 sees in our view of the messages what its own shows', async () => {
    const theirs = await makeWorkdir()
    await runPythonLlm({ version: '0.36', userPath: theirs.path, baseUrl: server.url }, [
      ['fragments', 'list'],
    ])
    const [view] = await queryDatabase(
      theirs.join('logs.db'),
      "SELECT sql FROM sqlite_master WHERE name = 'message_tree'",
    )
    await recordAnd(async () => {})

    const shown = await queryDatabase(workdir.join('logs.db'), 'SELECT * FROM message_tree')

    expect(shown).toHaveLength(7)
    expect(shown).toEqual(
      await queryDatabase(workdir.join('logs.db'), view.sql.replace(/^CREATE VIEW \S+ AS/, '')),
    )
    await theirs.remove()
  })

  it('0.36 is started several times at once on our file without an error in any of them', async () => {
    await recordAnd(async () => {})

    const several = range(scale > 1 ? 4 : 2).map(() => startPythonLlm('0.36'))
    const options = { version: '0.36', userPath: workdir.path, baseUrl: server.url } as const
    const results = await Promise.all(
      several.map(async each => {
        try {
          return await each.run(options, [['logs', 'list', '--json', '-n', '0']])
        } finally {
          await each.close()
        }
      }),
    )

    for (const [listed, ...others] of results) {
      expect({ exitCode: listed?.exitCode, others }).toEqual({ exitCode: 0, others: [] })
      expect(JSON.parse(listed?.output ?? '')).toHaveLength(3)
    }
  })
})

/** All that matters of a file's schema; the text of its statements does not. */
async function shapeOf(path: string): Promise<unknown> {
  // sqlite_sequence is SQLite's own, for the numbers of our batch_rows.
  const ofUs = "tbl_name LIKE 'batch_%' OR tbl_name IN ('_llm_batch_migrations', 'sqlite_sequence')"
  const names = await queryDatabase(
    path,
    `SELECT type, name, tbl_name FROM sqlite_master WHERE NOT (${ofUs}) ORDER BY type, name`,
  )
  const columns = await queryDatabase(
    path,
    `SELECT m.name AS "table", c.name, c.type, c."notnull", c.dflt_value, c.pk
     FROM sqlite_master m, pragma_table_info(m.name) c
     WHERE m.type IN ('table', 'view') AND NOT (${ofUs}) ORDER BY m.name, c.cid`,
  )
  const keys = await queryDatabase(
    path,
    `SELECT m.name AS "table", k."from", k."table" AS target, k."to"
     FROM sqlite_master m, pragma_foreign_key_list(m.name) k
     WHERE m.type = 'table' AND NOT (${ofUs}) ORDER BY m.name, k."from"`,
  )
  const indexes = await queryDatabase(
    path,
    `SELECT m.name AS "table", i.name, i."unique", c.seqno, c.name AS "column"
     FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
     WHERE m.type = 'table' AND NOT (${ofUs}) ORDER BY m.name, i.name, c.seqno`,
  )
  const migrations = await queryDatabase(path, 'SELECT name FROM _llm_migrations ORDER BY name')
  return { names, columns, keys, indexes, migrations }
}
