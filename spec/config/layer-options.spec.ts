import { type BatchConfig, emptyBatchConfig } from '../../lib/config/batch-config.js'
import { parseBatchOptions } from '../../lib/config/batch-options.js'
import { type LayerOptionsInput, layerOptions } from '../../lib/config/layer-options.js'

const nothing = emptyBatchConfig
const everything: BatchConfig = {
  defaults: {
    concurrency: 3,
    rate_limit: 20,
    token_limit: 9_000,
    model: 'gpt-4o-mini',
    resume_on_failure: true,
  },
  rate_limits: { 'gpt-4o': 30, mini: { tokens: 90_000 } },
  prices: { mine: { input: 1, output: 2, cached_input: 0.5, batch_discount: 0.5 } },
  mcp: { files: 'npx files-server' },
  output: { format: 'json', save_to_logs: false },
}
const flags = { input: 'rows.csv' }
const resolved = (given: LayerOptionsInput) =>
  parseBatchOptions(layerOptions(given), 'command line')

describe('layerOptions', () => {
  it.each([
    [
      { LLM_BATCH_CONCURRENCY: 'many' },
      'LLM_BATCH_CONCURRENCY expects a whole number of 1 or more, or auto, got "many"',
    ],
    [{ LLM_BATCH_RATE_LIMIT: '0' }, 'LLM_BATCH_RATE_LIMIT expects a number more than 0'],
    [{ LLM_BATCH_TOKEN_LIMIT: '-5' }, 'LLM_BATCH_TOKEN_LIMIT expects a number more than 0'],
  ])('refuses %j', (environment, message) => {
    expect(() => layerOptions({ flags, environment, config: nothing })).toThrow(message)
  })

  it('is the flags alone when nothing else says anything, with empty variables and unset flags left out', () => {
    const environment = { LLM_MODEL: '', LLM_BATCH_CONCURRENCY: '', LLM_BATCH_RATE_LIMIT: '' }
    const given = { ...flags, output: undefined }
    const layered = layerOptions({ flags: given, environment, config: nothing })
    expect(layered).toStrictEqual({
      input: 'rows.csv',
      environment: {},
      rateLimits: {},
      prices: {},
      mcpServers: {},
      defaults: {},
    })
  })

  it('puts the environment over the file, and the flags over both', () => {
    const environment = {
      LLM_MODEL: 'o3',
      LLM_BATCH_CONCURRENCY: '7',
      LLM_BATCH_RATE_LIMIT: '90.5',
      LLM_BATCH_TOKEN_LIMIT: '9000',
    }
    expect(resolved({ flags, environment, config: everything })).toMatchObject({
      model: 'o3',
      concurrency: 7,
      rateLimit: 90.5,
      tokenLimit: 9000,
      log: false,
    })
    const said = { ...flags, model: 'claude-opus', concurrency: 1, rateLimit: 5, log: true }
    expect(resolved({ flags: said, environment, config: everything })).toMatchObject(said)
  })

  it('has at the top only what the command line said, for a resumed batch to tell it by', () => {
    const environment = { LLM_MODEL: 'o3' }
    const layered = layerOptions({ flags, environment, config: everything })
    expect(layered).toEqual({
      input: 'rows.csv',
      environment: { model: 'o3' },
      rateLimits: { 'gpt-4o': 30, mini: { tokens: 90_000 } },
      prices: { mine: { input: 1, output: 2, cachedInput: 0.5, batchDiscount: 0.5 } },
      mcpServers: { files: 'npx files-server' },
      defaults: {
        concurrency: 3,
        log: false,
        model: 'gpt-4o-mini',
        rateLimit: 20,
        tokenLimit: 9_000,
        format: 'json',
      },
      resumeOnFailure: true,
    })
  })

  it('keeps what the file says of model, rate limit and format apart, since nearer things come first', () => {
    const options = resolved({ flags, environment: {}, config: everything })
    expect(options).toMatchObject({ log: false, resumeOnFailure: true })
    expect(options).toMatchObject({ model: undefined, rateLimit: undefined, tokenLimit: undefined })
    expect(options.defaults).toMatchObject({ model: 'gpt-4o-mini', format: 'json' })
    expect(options.defaults).toMatchObject({ concurrency: 3, rateLimit: 20, tokenLimit: 9_000 })
  })

  it('lets the caller turn off what the file turns on', () => {
    const said = { ...flags, resumeOnFailure: false }
    expect(resolved({ flags: said, environment: {}, config: everything })).toMatchObject({
      resumeOnFailure: false,
    })
  })
})
