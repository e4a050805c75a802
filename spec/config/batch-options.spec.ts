import { parseBatchOptions, rateLimitFor } from '../../lib/config/batch-options.js'

const parse = (options: object) => parseBatchOptions({ input: 'rows.csv', ...options }, 'options')

describe('parseBatchOptions', () => {
  it('names every bad field at once, and where they came from', () => {
    const given = { input: '', concurrency: 0, colour: 'red', defaults: { rateLimit: -1 } }
    expect(() => parseBatchOptions(given, 'batchFromCsv')).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', reach: 'run' }),
    )
    expect(() => parseBatchOptions(given, 'batchFromCsv')).toThrow(
      /^batchFromCsv: .*input.*concurrency.*defaults\.rateLimit.*colour/,
    )
  })

  it.each(['', 'a b', 'a/b', 'x'.repeat(65), 'é'])('refuses the batch id %j', batchId => {
    expect(() => parse({ batchId })).toThrow(/batchId: a batch id is 1 to 64 letters/)
  })

  it('takes what the environment and the file say where the caller says nothing', () => {
    const environment = { model: 'o3', concurrency: 4 }
    const defaults = { concurrency: 2, log: false }
    expect(parse({ defaults })).toMatchObject({ concurrency: 2, log: false })
    expect(parse({ environment, defaults })).toMatchObject({ model: 'o3', concurrency: 4 })
    expect(
      parse({ environment, defaults, model: undefined, concurrency: 1, log: true }),
    ).toMatchObject({ model: 'o3', concurrency: 1, log: true })
    expect(parse({ environment })).not.toHaveProperty('environment')
  })

  it('begins a new batch unless told otherwise', () => {
    expect(parse({ batchId: 'A-1_b.2' })).toMatchObject({
      batchId: 'A-1_b.2',
      resume: false,
      restart: false,
      onlyNew: false,
      resumeOnFailure: false,
    })
  })

  it('fills in every default, and freezes', () => {
    const options = parse({})
    expect(options).toMatchObject({ concurrency: 1, retries: 5, explode: false })
    expect(options).toMatchObject({ log: true, order: 'input', failFast: true, defaults: {} })
    expect(Object.isFrozen(options)).toBe(true)
  })
})

describe('rateLimitFor', () => {
  const listed = { rateLimits: { 'gpt-4o': 30, mini: 60 }, defaults: { rateLimit: 20 } }

  it('is no limit when nobody set one', () => {
    expect(rateLimitFor(parse({}), ['gpt-4o'])).toBeUndefined()
  })

  it('is what was asked, before what is listed for the model, before the default', () => {
    expect(rateLimitFor(parse({ ...listed, rateLimit: 5 }), ['gpt-4o'])).toBe(5)
    expect(rateLimitFor(parse(listed), ['4o', 'gpt-4o'])).toBe(30)
    expect(rateLimitFor(parse(listed), ['mini', 'gpt-4o-mini'])).toBe(60)
    expect(rateLimitFor(parse(listed), ['o3', 'constructor'])).toBe(20)
  })
})
