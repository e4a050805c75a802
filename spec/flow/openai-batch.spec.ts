import { readFile } from 'node:fs/promises'
import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-faults.js'
import { useBatch } from '../support/use-batch.js'

const line = (custom_id: string, body: object, url = '/v1/chat/completions') => ({
  ...{ custom_id, method: 'POST', url },
  body: { model: 'gpt-4o-mini', ...body },
})
const asking = (content: string, more = {}) => ({ messages: [{ role: 'user', content }], ...more })
const lines = [
  line('chat', asking('A lake?', { temperature: 0.5, unheard_of: { a: [1] } })),
  line(
    'responses',
    { input: 'A river?', instructions: 'Be brief', model: 'gpt-5' },
    '/v1/responses',
  ),
  line('old', { prompt: 'Once', max_tokens: 5, model: 'other-model' }, '/v1/completions'),
  line('embeds', { input: 'Hi' }, '/v1/embeddings'),
  line('chat', asking('Twice?')),
]
const jsonl = (given: readonly unknown[]) => given.map(one => `${JSON.stringify(one)}\n`).join('')

describe('a batch of OpenAI batch lines', () => {
  const bench = useBatch()
  const run = async (given = {}, text = jsonl(lines)) =>
    bench.run({
      model: undefined,
      input: await bench.workdir.write('in.jsonl', text),
      output: bench.workdir.join('out.jsonl'),
      ...given,
    })
  const results = { format: 'openai-batch' } as const
  const written = () => readFile(bench.workdir.join('out.jsonl'), 'utf8')
  const parsed = async () =>
    (await written())
      .trimEnd()
      .split('\n')
      .map(one => JSON.parse(one))

  it.each<[object, string]>([
    [{ system: 'Be kind' }, '--system would change it'],
    [{ schema: 'a, b' }, '--schema would change it'],
    [{ schemaMulti: 'a, b' }, '--schema-multi would change it'],
    [{ fragments: ['a'] }, '--fragment would change it'],
    [{ systemFragments: ['a'] }, '--system-fragment would change it'],
    [{ params: { a: 'b' } }, '--param would change it'],
    [{ maxCostUsd: 1 }, '--max-cost cannot hold'],
    [{ ...results, extract: 'first' }, 'no place for what --extract asks for'],
    [{ options: { temperature: 1 } }, '-o would change it'],
    [{ template: 'Say {body}', inputFormat: 'openai-batch' }, '--template would change it'],
    [{ model: 'claude-haiku-4-5' }, 'claude-haiku-4-5 takes no lines of an OpenAI batch'],
    [{ ...results, usageColumns: true }, 'no place for what --usage-columns asks for'],
    [{ ...results, responseColumn: 'a' }, 'no place for what --response-column asks for'],
    [{ ...results, inputFormat: 'jsonl', template: '{url}' }, 'but the input is jsonl'],
  ])('refuses %j, asks nothing and leaves nothing', async (given, message) => {
    await expect(run(given)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining(message.replace('change it', 'change them')),
    })
    expect(bench.server.requestCount()).toBe(0)
    await expect(written()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses a first line without a model, unless one is named', async () => {
    const text = jsonl([line('a', asking('A lake?', { model: 3 }))])

    await expect(run({}, text)).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' })
    expect((await run({ model: 'gpt-4o' }, text)).tally).toMatchObject({ failed: 1 })
  })

  it('asks each body as it stands at its endpoint, and writes result lines in their order', async () => {
    const { tally } = await run({ ...results, concurrency: 3 })

    const asked = new Map(bench.server.requests.map(({ path, body }) => [path, body]))
    expect(asked).toEqual(
      new Map<string, unknown>(lines.slice(0, 3).map(({ url, body }) => [url, body])),
    )
    expect(tally).toMatchObject({ answered: 3, failed: 2, errors: [{ code: 'RECORD_INVALID' }] })
    expect(await parsed()).toMatchObject([
      {
        custom_id: 'chat',
        response: {
          body: { model: 'gpt-4o-mini', choices: [{ message: { content: 'Answer to: A lake?' } }] },
        },
        error: null,
      },
      {
        custom_id: 'responses',
        response: {
          body: { model: 'gpt-5', output: [{ content: [{ text: 'Answer to: A river?' }] }] },
        },
      },
      { custom_id: 'old', response: { body: { choices: [{ text: 'Answer to: Once' }] } } },
      {
        custom_id: 'embeds',
        response: null,
        error: { message: expect.stringContaining('embeddings have no text') },
      },
      {
        custom_id: 'chat',
        response: null,
        error: { message: expect.stringContaining('already that of line 1') },
      },
    ])
  })

  it('writes byte for byte the same after an interruption, cut answers too', async () => {
    const texts = Array.from({ length: 12 }, (_, at) => line(`id-${at}`, asking(`Question ${at}`)))
    const cut = (text: string) => ({ text: `About ${text}`, finishReason: 'length' }) as const
    bench.script.answer = text => (text.endsWith('3') ? cut(text) : `About ${text}`)
    await run({ ...results, output: bench.workdir.join('whole.jsonl') }, jsonl(texts))
    const whole = await readFile(bench.workdir.join('whole.jsonl'), 'utf8')

    const { batchId } = await run({ ...results, limit: 5 }, jsonl(texts))
    expect(await parsed()).toHaveLength(5)
    const asked = bench.server.requestCount()
    await bench.run({
      input: bench.workdir.join('in.jsonl'),
      model: undefined,
      batchId,
      resume: true,
    })

    expect(await written()).toBe(whole)
    expect(whole).toContain('"finish_reason":"length"')
    expect(bench.server.requestCount()).toBe(asked + 7)
  })

  it('sends the bodies to the server of the model that is named', async () => {
    await run({ model: 'ollama/llama3.2', ...results }, jsonl(lines.slice(0, 2)))

    expect(bench.server.requests.map(({ body }) => body.model)).toEqual(['gpt-4o-mini', 'gpt-5'])
    expect(bench.server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('takes the price for rows of its own model only', async () => {
    await run({}, jsonl(lines.slice(0, 3)))

    const path = bench.workdir.join('llm-user/logs.db')
    expect(
      await queryDatabase(
        path,
        'SELECT cost_usd IS NULL AS unknown FROM batch_rows ORDER BY row_index',
      ),
    ).toEqual([{ unknown: 0 }, { unknown: 1 }, { unknown: 1 }])
    expect(await queryDatabase(path, 'SELECT model FROM batch_runs')).toEqual([
      { model: 'gpt-4o-mini' },
    ])
  })

  it('logs the conversation of each body', async () => {
    await run({}, jsonl(lines.slice(0, 3)))

    const said = `SELECT role, text FROM messages JOIN parts ON message_hash = hash
      WHERE role <> 'assistant' ORDER BY text`
    expect(await queryDatabase(bench.workdir.join('llm-user/logs.db'), said)).toEqual([
      { role: 'user', text: 'A lake?' },
      { role: 'user', text: 'A river?' },
      { role: 'system', text: 'Be brief' },
      { role: 'user', text: 'Once' },
    ])
  })

  it('writes other formats with the columns of the lines', async () => {
    await run({ output: bench.workdir.join('out.csv') }, jsonl(lines.slice(0, 1)))

    expect(await readFile(bench.workdir.join('out.csv'), 'utf8')).toMatch(
      /^custom_id,method,url,body,response\nchat,POST,.*,Answer to: A lake\?\n$/,
    )
  })

  it('reads the lines as rows if a template is given', async () => {
    await run(
      { model: 'gpt-4o-mini', template: 'Repeat {body.messages}' },
      jsonl(lines.slice(0, 1)),
    )

    expect(bench.server.requests[0]?.text).toBe('Repeat [{"role":"user","content":"A lake?"}]')
  })

  it('lets echo answer with the last text of the user', async () => {
    await run({ model: 'echo', ...results }, jsonl(lines.slice(0, 2)))

    expect((await parsed()).map(({ response }) => response.body.usage)).toEqual([null, null])
    expect(await written()).toContain('"content":"A lake?"')
  })

  it('fails a row that the server refuses, with the words of the server', async () => {
    bench.script.fault = () => faults.status(400)
    await run(results, jsonl(lines.slice(0, 1)))

    expect(await parsed()).toMatchObject([
      { custom_id: 'chat', response: null, error: { code: 'REQUEST_REJECTED' } },
    ])
  })
})
