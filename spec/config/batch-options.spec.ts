import { limitsFor, parseBatchOptions } from '../../lib/config/batch-options.js'

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
    expect(parse({ defaults })).toMatchObject({ concurrency: undefined, log: false })
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
    expect(options).toMatchObject({ shareLimits: false, retries: 5, explode: false })
    expect(options).toMatchObject({ log: true, order: 'input', failFast: true, defaults: {} })
    expect(Object.isFrozen(options)).toBe(true)
  })
})

describe('limitsFor', () => {
  const listed = {
    rateLimits: { 'gpt-4o': 30, mini: { requests: 60, tokens: 90_000, concurrency: 8 } },
    defaults: { rateLimit: 20, tokenLimit: 5_000, concurrency: 3 },
  }

  it('is one call at once and no other limit when nobody set one', () => {
    expect(limitsFor(parse({}), ['gpt-4o'])).toEqual({
      concurrency: 1,
      sharedConcurrency: undefined,
      rateLimit: undefined,
      tokenLimit: undefined,
    })
  })

  it('is what was asked, before what is listed for the model, before the default', () => {
    const asked = { rateLimit: 5, tokenLimit: 7, concurrency: 2 }
    expect(limitsFor(parse({ ...listed, ...asked }), ['mini'])).toEqual({
      ...asked,
      sharedConcurrency: 8,
    })
    expect(limitsFor(parse({ ...listed, concurrency: 20 }), ['mini'])).toMatchObject({
      concurrency: 20,
      sharedConcurrency: 20,
    })
    expect(limitsFor(parse(listed), ['mini', 'gpt-4o-mini'])).toEqual({
      rateLimit: 60,
      tokenLimit: 90_000,
      concurrency: 8,
      sharedConcurrency: 8,
    })
    expect(limitsFor(parse(listed), ['4o', 'gpt-4o'])).toEqual({
      rateLimit: 30,
      tokenLimit: 5_000,
      concurrency: 3,
      sharedConcurrency: undefined,
    })
    expect(limitsFor(parse(listed), ['o3', 'constructor'])).toMatchObject(listed.defaults)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5'])('refuses the limit %p', limit => {
    expect(() => parse({ tokenLimit: limit })).toThrow(/tokenLimit/)
    expect(() => parse({ rateLimits: { m: { tokens: limit } } })).toThrow(/rateLimits/)
    expect(() => parse({ environment: { tokenLimit: limit } })).toThrow(/tokenLimit/)
  })

  it('refuses a limit of a model by a name that is none', () => {
    expect(() => parse({ rateLimits: { m: { token: 5 } } })).toThrow(/rateLimits/)
  })
})
