import { readFile } from 'node:fs/promises'
import { type BatchBench, useBatch } from '../support/use-batch.js'

const input = 'id,review\n1,fine\n2,bad\n3,odd\n'
const template = 'Rate: {review}'
const schema = 'mood, stars int'

/** Answers with the schema's form, but for the odd review. */
function answerWell(bench: BatchBench): void {
  bench.script.answer = text => {
    const [, review = ''] = /^Rate: (\w+)/.exec(text) ?? []
    return review === 'fine' || review === 'bad'
      ? JSON.stringify({ mood: review, stars: review.length })
      : 'I cannot say.'
  }
}

describe('a batch with a schema', () => {
  const bench = useBatch()
  const run = async (given: Partial<Parameters<BatchBench['run']>[0]> = {}) =>
    bench.run({
      input: await bench.workdir.write('in.csv', input),
      output: bench.workdir.join('out.csv'),
      template,
      schema,
      failFast: false,
      ...given,
    })
  const written = (name = 'out.csv') => readFile(bench.workdir.join(name), 'utf8')

  it.each([
    [{ schema: 'mood, stars number' }, 'SCHEMA_INVALID', "unknown type 'number'"],
    [{ schema: '{"type": "objekt"}' }, 'SCHEMA_INVALID', 'type must be equal to'],
    [{ schema: 'mood' }, 'SCHEMA_INVALID', 'Invalid schema: mood'],
    [{ schemaMulti: 'a, b' }, 'OPTIONS_INVALID', 'exclude each other'],
    [{ explode: true }, 'OPTIONS_INVALID', '--explode needs answers with several objects'],
  ])('refuses %j, asks nothing and leaves nothing', async (given, code, message) => {
    await expect(run(given)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
    expect(bench.server.requestCount()).toBe(0)
    await expect(written()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('writes a column for each property, asks once more for what does not fit, and fails it then', async () => {
    answerWell(bench)
    const summary = await run()

    expect(await written()).toBe('id,review,mood,stars\n1,fine,fine,4\n2,bad,bad,3\n3,odd,,\n')
    expect(bench.server.requestCount()).toBe(4)
    expect(summary).toMatchObject({
      status: 'failed',
      tally: { answered: 2, failed: 1, errors: [{ code: 'SCHEMA_MISMATCH', count: 1 }] },
      notes: [],
    })
  })

  it('writes the object itself in JSON', async () => {
    answerWell(bench)
    await run({ output: bench.workdir.join('out.jsonl') })

    const lines = (await written('out.jsonl')).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).response)).toEqual([
      { mood: 'fine', stars: 4 },
      { mood: 'bad', stars: 3 },
      null,
    ])
  })

  it('recalls the answers with --resume, to the same output, and asks the others again', async () => {
    answerWell(bench)
    const { batchId } = await run()
    const asked = bench.server.requestCount()
    bench.script.answer = () => '{"mood": "mixed", "stars": 3}'
    const path = bench.workdir.join('in.csv')

    const resumed = await bench.run({ input: path, batchId, resume: true })

    expect(bench.server.requestCount()).toBe(asked + 1)
    expect(resumed).toMatchObject({ status: 'completed', tally: { answered: 3, recalled: 2 } })
    expect(await written()).toBe(
      'id,review,mood,stars\n1,fine,fine,4\n2,bad,bad,3\n3,odd,mixed,3\n',
    )
    await expect(
      bench.run({ input: path, batchId, resume: true, schema: 'mood, stars float' }),
    ).rejects.toMatchObject({ code: 'BATCH_CHANGED', message: expect.stringContaining('schema') })
  })

  it('takes --schema-multi again at a resume, and writes a row for each item', async () => {
    bench.script.answer = text =>
      text.includes('bad') ? '{"items": [{"a": 1}, {"a": 2}]}' : '{"items": []}'
    const several = { schema: undefined, schemaMulti: 'a int,', explode: true }
    const { batchId } = await run(several)
    const lines = 'id,review,a\n1,fine,\n2,bad,1\n2,bad,2\n3,odd,\n'
    expect(await written()).toBe(lines)
    const asked = bench.server.requestCount()
    const path = bench.workdir.join('in.csv')

    await bench.run({ input: path, batchId, resume: true, schemaMulti: 'a int,' })

    expect(bench.server.requestCount()).toBe(asked)
    expect(await written()).toBe(lines)
  })

  it('says that a server refused structured output, and asks it in words', async () => {
    answerWell(bench)
    bench.script.fault = (_request, text) =>
      text.includes('JSON Schema')
        ? undefined
        : { kind: 'reply', status: 400, body: '{"error": {"message": "no response_format"}}' }
    const summary = await run({ limit: 2, retries: 0 })

    expect(summary.notes[0]).toMatch(/^The server refused structured output/)
    expect(summary.tally).toMatchObject({ answered: 2, failed: 0 })
    // The first row was asked twice, the second once.
    expect(bench.server.requestCount()).toBeLessThanOrEqual(4)
  })

  it('takes the schema of a saved template', async () => {
    answerWell(bench)
    await bench.workdir.write(
      'llm-user/templates/rate.yaml',
      'prompt: "Rate: $review"\nschema_object: {type: object, properties: {mood: {type: string}}}\n',
    )
    await run({ template: 'rate', schema: undefined, limit: 1 })

    expect(await written()).toBe('id,review,mood\n1,fine,fine\n')
  })
})
