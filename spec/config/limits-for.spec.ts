import { parseBatchOptions } from '../../lib/config/batch-options.js'
import { limitsFor } from '../../lib/config/limits-for.js'

const parse = (options: object) => parseBatchOptions({ input: 'rows.csv', ...options }, 'options')

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
