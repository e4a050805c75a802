import { resolve } from 'node:path'
import { systemClock } from '../../lib/host/system-clock.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { emptyTally } from '../../lib/row/tally.js'
import { openBatchStore } from '../../lib/store/open-batch-store.js'
import { runInProcess } from '../cli/run-in-process.js'
import { queryDatabase } from '../support/query-database.js'
import { fault, range } from '../support/rows.js'
import { runCommand, userPathOf } from '../support/run-command.js'
import {
  answeredChain,
  oddChain,
  type SampleChain,
  sampleChains,
  threeCallChain,
  variedChains,
} from '../support/sample-chains.js'
import { sha256, smallFiles } from '../support/small-files.js'
import { type StubServer, startStubServer } from '../support/stub-server.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { isPythonLlmThere, type PythonVersion, runPythonLlm } from './python-llm.js'

// Skipped where it is absent: `sh spec/support/install-python-llm.sh` gets it. CI may not skip it.
const describeWithPython = isPythonLlmThere || process.env.CI === 'true' ? describe : describe.skip

const versions: readonly PythonVersion[] = ['0.36', '0.31.1']

/** What both have to log: without ids, times, and what only one of them can know. */
const tablesOf: Readonly<Record<PythonVersion, Readonly<Record<string, string>>>> = {
  '0.36': {
    messages: 'SELECT hash, parent_hash, role, provider_metadata FROM messages ORDER BY hash',
    parts: `SELECT message_hash, position, type, tool_name, text, payload FROM parts
      ORDER BY message_hash, position`,
    partAttachments: `SELECT message_hash, position, attachment_id, "order" FROM part_attachments
      JOIN parts ON parts.id = part_id ORDER BY message_hash, position`,
    tools: 'SELECT hash, name, description, input_schema, plugin FROM tools ORDER BY hash',
    threads: 'SELECT name, tip_message_hash, forked_from FROM threads ORDER BY id',
    turns: `SELECT threads.name, parent_message_hash, turns.tip_message_hash, model, resolved_model,
      options_json, schema_id, input_tokens, output_tokens, token_details, response_json
      FROM turns JOIN threads ON threads.id = thread_id ORDER BY turns.id`,
    turnTools: `SELECT dense_rank() OVER (ORDER BY turn_id) AS turn, tools.hash, instance_id
      FROM turn_tools JOIN tools ON tools.id = tool_id ORDER BY turn, tools.id`,
    turnSearch: 'SELECT prompt, response FROM turn_search ORDER BY turn_id',
    instantiations: 'SELECT * FROM tool_instantiations',
    instances: 'SELECT * FROM tool_instances',
  },
  '0.31.1': {
    conversations: 'SELECT name, model FROM conversations ORDER BY id',
    responses: `SELECT conversations.name, responses.model, prompt, prompt_json, options_json,
      response, response_json, input_tokens, output_tokens, token_details, schema_id
      FROM responses JOIN conversations ON conversations.id = conversation_id
      ORDER BY responses.id`,
    attachments: `SELECT prompt, attachment_id, "order" FROM prompt_attachments
      JOIN responses ON responses.id = response_id ORDER BY responses.id, "order"`,
    tools: 'SELECT hash, name, description, input_schema, plugin FROM tools ORDER BY hash',
    offered: `SELECT dense_rank() OVER (ORDER BY response_id) AS response, tools.hash
      FROM tool_responses JOIN tools ON tools.id = tool_id ORDER BY response, tool_responses.rowid`,
    calls: `SELECT tools.hash, tool_calls.name, arguments, tool_call_id FROM tool_calls
      LEFT JOIN tools ON tools.id = tool_id ORDER BY response_id, tool_calls.id`,
    results: `SELECT tools.hash, tool_results.name, output, tool_call_id, instance_id, exception
      FROM tool_results LEFT JOIN tools ON tools.id = tool_id ORDER BY response_id, tool_results.id`,
    instances: 'SELECT * FROM tool_instances',
  },
}

const batch = {
  id: 'b',
  inputFile: '-',
  outputFile: undefined,
  model: 'gpt-4o-mini',
  config: {},
}

/** JSON whose spelling is not compared: llm's own columns differ in it too. */
const jsonColumns = ['payload', 'options_json']

describeWithPython('chains of tools, beside the real Python llm', () => {
  let workdir: Workdir
  let server: StubServer
  let chains: readonly SampleChain[]

  beforeEach(async () => {
    workdir = await makeWorkdir()
    server = await startStubServer({ isRecording: true })
    const path = await workdir.write('a.png', smallFiles.png)
    const image = { id: sha256(smallFiles.png), type: 'image/png', path, loadedBytes: 16 }
    chains = sampleChains.map((chain, index) =>
      index === 0 ? { ...chain, attachments: [image] } : chain,
    )
  })
  afterEach(async () => {
    await server.close()
    await workdir.remove()
  })

  const python = (version: PythonVersion, ...commands: (readonly string[])[]) =>
    runPythonLlm({ version, userPath: workdir.path, baseUrl: server.url }, commands)

  async function logByPython(version: PythonVersion, name: string): Promise<string> {
    const path = workdir.join(name)
    const script = resolve(import.meta.dirname, 'make-tool-log.py')
    await python(version, ['script', script, JSON.stringify(chains), path])
    return path
  }

  /** Records chains as a batch does, in a file of that version. */
  async function logByUs(
    version: PythonVersion,
    outcomes: readonly Outcome[] = chains.map((chain, index) => answeredChain(index, chain)),
  ): Promise<string> {
    await python(version, ['logs', 'status'], ['fragments', 'list'])
    const path = workdir.join('logs.db')
    const store = await openBatchStore({ path, clock: systemClock, log: true })
    const started = await (await store.begin(batch)).start()
    void started.append(outcomes)
    const pulse = { totalRows: outcomes.length, tally: emptyTally }
    await started.end({ status: 'completed', pulse, isWhole: true })
    await store.close()
    return path
  }

  it.each(versions)('are in the tables of %s as it writes them itself', async version => {
    const theirs = await logByPython(version, 'theirs.db')
    const ours = await logByUs(version)

    for (const [table, sql] of Object.entries(tablesOf[version])) {
      expect([table, await rowsOf(ours, sql)]).toEqual([table, await rowsOf(theirs, sql)])
    }
  })

  it('have hashes that 0.36 finds right, and are continued with calls and results', async () => {
    const outcomes = chains.map((chain, index) => answeredChain(index, chain))
    await logByUs('0.36', [...outcomes, ...variedChains(), oddChain()])

    const [verified, listed] = await python(
      '0.36',
      ['verify'],
      ['logs', 'list', '--json', '-n', '0', '-T', 'add'],
    )
    expect(verified?.output).toBe('[]')
    const [{ conversation_id }] = JSON.parse(listed?.output ?? '')
    // The stub refuses calls that it never made; what llm asked is what counts here.
    await python('0.36', ['--cid', conversation_id, 'And now?', '--no-stream'])
    expect(server.requests.at(-1)?.body.messages).toMatchObject([
      { role: 'system', content: 'Use them' },
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
      { role: 'tool', tool_call_id: 'call_1', content: '5.0' },
      { role: 'tool', tool_call_id: 'call_2', content: 'Error: no\nway' },
      { role: 'assistant', tool_calls: [{ id: 'call_3' }, { id: 'call_4' }] },
      { role: 'tool', tool_call_id: 'call_3' },
      { role: 'tool', tool_call_id: 'call_4' },
      { role: 'assistant', content: 'It is five.' },
      { role: 'user', content: 'And now?' },
    ])
  })

  it('of a failed row are continued by 0.36 with the results that the model did not answer', async () => {
    const { prompt, rounds, row } = answeredChain(0, threeCallChain)
    const error = fault('SERVER_FAILED', 'row')
    await logByUs('0.36', [{ kind: 'failed', row, prompt, rounds, error, attempts: 3 }])

    const [verified, listed] = await python(
      '0.36',
      ['verify'],
      ['logs', 'list', '--json'],
      ['-c', 'Go on', '--no-stream'],
    )

    expect(verified?.output).toBe('[]')
    expect(JSON.parse(listed?.output ?? '')).toMatchObject([
      { response: 'Let me see.', tool_calls: [{ name: 'add' }, { name: 'fail' }] },
      { response: '', tool_results: [{ name: 'add' }, { name: 'fail' }] },
    ])
    expect(server.requests.at(-1)?.body.messages.slice(-4)).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: 'call_3' }, { id: 'call_4' }] },
      { role: 'tool', tool_call_id: 'call_3' },
      { role: 'tool', tool_call_id: 'call_4' },
      { role: 'user', content: 'Go on' },
    ])
  })

  it('are whole where 0.36 upgraded the file between a kill and the resume', async () => {
    await python('0.31.1', ['fragments', 'list'])
    const path = workdir.join('logs.db')
    const process = { path, clock: systemClock, identifyProcess: () => undefined, log: true }
    const killed = await openBatchStore({ ...process, processId: 1 })
    const started = await (await killed.begin(batch)).start()
    void started.append(sampleChains.map((chain, index) => answeredChain(index, chain)))
    await killed.close()
    await python('0.36', ['fragments', 'list'])

    const resumed = await openBatchStore({ ...process, processId: 2 })
    await (await resumed.resume(batch)).withdraw()
    await resumed.close()

    const [verified, listed] = await python(
      '0.36',
      ['verify'],
      ['logs', 'list', '--json', '-n', '0'],
    )
    expect(verified?.output).toBe('[]')
    expect(JSON.parse(listed?.output ?? '')).toHaveLength(6)
  })

  it.each(versions)('of a batch are listed by %s in a file of its own', async version => {
    const userPath = userPathOf(workdir.path)
    const run = (of: PythonVersion, ...commands: (readonly string[])[]) =>
      runPythonLlm({ version: of, userPath, baseUrl: server.url }, commands)
    await run(version, ['fragments', 'list'])
    await workdir.write('in.txt', 'CALL llm_version {} CALL nothing {"a": 1.0}\nPlain\n')
    const words = ['-T', 'llm_version', '-m', 'gpt-4o-mini', '-O', 'out.csv', '--batch-id', 'b']
    const { exitCode, stderr } = await runCommand(['batch', 'in.txt', ...words], {
      cwd: workdir.path,
      env: { ...server.environment, OPENAI_API_KEY: 'sk-spec' },
    })
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })

    const [listed] = await run(version, ['logs', 'list', '--json', '-n', '0'])
    const all = JSON.parse(listed?.output ?? '')
    expect(
      all.map((call: any) => [call.prompt, call.tool_calls.length, call.tool_results.length]),
    ).toEqual([
      ['CALL llm_version {} CALL nothing {"a": 1.0}', 2, 0],
      ['', 0, 2],
      ['Plain', 0, 0],
    ])
    expect(all.map((call: any) => call.tools.map(({ name }: any) => name))).toEqual(
      range(3).map(() => ['llm_version']),
    )
    const [markdown] = await run('0.36', ['logs', 'list', '--tools'])
    for (const shown of [['list'], ['--batch', 'b']]) {
      const { out } = await runInProcess(['logs', ...shown, '--tools'], { folder: userPath })
      expect(out).toBe(markdown?.stdout)
    }
    const [{ conversation_id }] = all
    // The stub refuses a conversation whose calls and results are not what they were.
    const [continued] = await run(version, ['--cid', conversation_id, 'Go on', '--no-stream'])
    expect(continued).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^Results: /) })
  })

  const lists = [
    [],
    ['--tools'],
    ['-T', 'add'],
    ['-T', 'nobody'],
    ['-T', 'say', '-u'],
    ['-s'],
    ['--tools', '-s'],
    ['--json'],
    ['--tools', '--json'],
    ['-t'],
    ['-q', 'five'],
    ['-r'],
  ]

  it.each(['0.36', '0.31.1'] as const)(
    'of ours in a file of %s are listed by us as by 0.36, byte by byte',
    async version => {
      const outcomes = chains.map((chain, index) => answeredChain(index, chain))
      const path = await logByUs(version, [...outcomes, ...variedChains(), oddChain()])
      const commands = lists.map(words => ['logs', 'list', '-n', '0', ...words, '-d', path])

      const theirs = await python('0.36', ...commands)

      const empty = commands.filter((_, at) => theirs[at]?.stdout === '')
      // The older tables find a tool by its id, and one that was never offered has none.
      expect(theirs.filter(({ exitCode }) => exitCode !== 0)).toEqual([])
      expect(empty.length).toBe(version === '0.36' ? 0 : 1)

      for (const [at, command] of commands.entries()) {
        const { out } = await runInProcess(command, { folder: workdir.path })
        expect([command, out]).toEqual([command, theirs[at]?.stdout])
      }
      // All calls are of one batch, and its rows have the order of the log.
      const ofBatch = await runInProcess(['logs', 'list', '--batch', 'b', '-d', path], {
        folder: workdir.path,
      })
      expect(ofBatch.out).toBe(theirs[0]?.stdout)
    },
  )

  it('are listed by 0.31.1 in a file of its own, with their tools', async () => {
    await logByUs('0.31.1')

    const [all, used] = await python(
      '0.31.1',
      ['logs', 'list', '--json', '-n', '0'],
      ['logs', 'list', '--tools', '-n', '0'],
    )

    expect(JSON.parse(all?.output ?? '')).toHaveLength(6)
    expect(used?.output).toContain('**Error**: ValueError: no\nway')
    expect(used?.output).toContain('multi\n    line')
  })
})

async function rowsOf(path: string, sql: string): Promise<unknown> {
  const rows = await queryDatabase(path, sql)
  return rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [
        column,
        jsonColumns.includes(column) && typeof value === 'string' ? JSON.parse(value) : value,
      ]),
    ),
  )
}
