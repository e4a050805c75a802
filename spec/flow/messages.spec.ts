import { readFile } from 'node:fs/promises'
import { openUsageRecord } from '../../lib/store/open-usage-record.js'
import { fastClock } from '../support/fast-clock.js'
import { queryDatabase } from '../support/query-database.js'
import { useBatch } from '../support/use-batch.js'

const user = (content: unknown) => ({ role: 'user', content })
const rows = [
  { id: 1, messages: [user('A lake?'), { role: 'assistant', content: 'Como' }, user('Another?')] },
  {
    id: 2,
    messages: [{ role: 'system', content: 'Be brief' }, user([{ type: 'text', text: 'Hi' }])],
  },
  { id: 3, messages: [{ role: 'boss', content: 'Now' }] },
  { id: 4, prompt: 'A plain one' },
]
const jsonl = (lines: readonly unknown[]) => lines.map(line => `${JSON.stringify(line)}\n`).join('')

describe('a batch of rows with messages', () => {
  const bench = useBatch()
  const run = async (given = {}, text = jsonl(rows), name = 'in.jsonl') =>
    bench.run({
      input: await bench.workdir.write(name, text),
      output: bench.workdir.join('out.jsonl'),
      ...given,
    })
  const written = async () =>
    (await readFile(bench.workdir.join('out.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  const bodies = () => bench.server.requests.map(({ body }) => body.messages)

  it('asks each as it stands, fails a malformed one with its line, and keeps the columns', async () => {
    const summary = await run()

    expect(bodies()).toEqual([rows[0]?.messages, rows[1]?.messages, [user('A plain one')]])
    expect(await written()).toEqual([
      { ...rows[0], response: 'Answer to: Another?' },
      { ...rows[1], response: 'Answer to: Hi' },
      {
        ...rows[2],
        response: null,
        error: {
          code: 'RECORD_INVALID',
          message: expect.stringMatching(/^Line 3: messages\[0\] has the role "boss"; a role is/),
        },
      },
      { ...rows[3], response: 'Answer to: A plain one' },
    ])
    expect(summary.tally).toMatchObject({ answered: 3, failed: 1 })
  })

  it('asks them from a JSON array too', async () => {
    await run({}, JSON.stringify(rows.slice(0, 2)), 'in.json')

    expect(bodies()).toEqual([rows[0]?.messages, rows[1]?.messages])
  })

  it('recalls the answers of a resumed batch, and asks a changed conversation again', async () => {
    const { batchId } = await run()
    const before = await readFile(bench.workdir.join('out.jsonl'), 'utf8')
    const asked = bench.server.requestCount()

    await run({ batchId, resume: true })
    expect(await readFile(bench.workdir.join('out.jsonl'), 'utf8')).toBe(before)
    expect(bench.server.requestCount()).toBe(asked)

    const changed = rows.map(row => (row.id === 2 ? { id: 2, messages: [user('Hi')] } : row))
    await run({ batchId, resume: true }, jsonl(changed))
    expect(bodies().slice(asked)).toEqual([[user('Hi')]])
  })

  it('asks the template instead if there is one', async () => {
    await run({ template: 'Row {id}' })

    expect(bodies()).toEqual([1, 2, 3, 4].map(id => [user(`Row ${id}`)]))
  })

  it('puts --system before the messages, and fails a row with a system message of its own', async () => {
    const { tally } = await run({ system: 'Be kind' }, jsonl(rows.slice(0, 2)))

    expect(bodies()).toEqual([
      [{ role: 'system', content: 'Be kind' }, ...(rows[0]?.messages ?? [])],
    ])
    expect(tally).toMatchObject({ answered: 1, failed: 1, errors: [{ code: 'RECORD_INVALID' }] })
  })

  it('fails a row that the wire cannot take, and pays nothing for it', async () => {
    const audio = [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }]
    await run({ model: 'claude-haiku-4-5', key: 'k' }, jsonl([{ messages: [user(audio)] }]))

    expect(bench.server.requestCount()).toBe(0)
    expect((await written())[0].error.message).toBe(
      "Line 1: messages: Anthropic's API takes no input_audio",
    )
  })

  it('sends a schema, and asks once more after all messages', async () => {
    const answers = ['no', '{"mood": "good", "stars": "2"}']
    bench.script.answer = () => answers.shift() ?? ''
    await run({ schema: 'mood, stars' }, jsonl(rows.slice(0, 1)))

    expect((await written())[0].response).toEqual({ mood: 'good', stars: '2' })
    expect(bodies()[1]).toMatchObject([
      ...(rows[0]?.messages ?? []),
      { role: 'assistant', content: 'no' },
      { role: 'user', content: expect.stringContaining('does not fit the schema') },
    ])
  })

  it('logs the whole conversation, and leaves it out of what corrects estimates', async () => {
    await run()
    const path = bench.workdir.join('llm-user/logs.db')
    const chain = `WITH RECURSIVE chain AS (
        SELECT parent_message_hash AS hash, 0 AS depth FROM turns
        JOIN threads ON threads.id = thread_id WHERE name = 'Another?'
        UNION ALL SELECT parent_hash, depth + 1 FROM chain JOIN messages USING (hash))
      SELECT role, text FROM chain JOIN messages USING (hash)
      JOIN parts ON message_hash = hash ORDER BY depth DESC`

    expect(await queryDatabase(path, chain)).toEqual([
      { role: 'user', text: 'A lake?' },
      { role: 'assistant', text: 'Como' },
      { role: 'user', text: 'Another?' },
    ])
    const record = await openUsageRecord({ path, clock: fastClock() })
    const billed = await record.billedPrompts({ model: 'gpt-4o-mini', most: 10 })
    await record.close()
    expect(billed.map(({ text }) => text).toSorted()).toEqual(['A plain one', 'Hi'])
  })
})
