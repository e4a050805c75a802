import { parseBatchOptions } from '../../lib/config/batch-options.js'

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
