import { emptyBatchConfig } from '../../lib/config/batch-config.js'
import { parseBatchConfig } from '../../lib/config/parse-batch-config.js'

const parse = (text: string) => parseBatchConfig(text, 'batch-config.yaml')

describe('parseBatchConfig', () => {
  it.each([
    [
      'defaults:\n  concurency: 3\n',
      'line 2: unknown key "defaults.concurency".',
      'Did you mean "defaults.concurrency"?',
    ],
    ['\ndefault: {}\n', 'line 2: unknown key "default".', 'Did you mean "defaults"?'],
    [
      'output:\n  format: csv\n  colour: red\n',
      'line 3: unknown key "output.colour".',
      'Known are: format, save_to_logs.',
    ],
    [
      'defaults:\n  concurrency: many\n',
      'line 2: "defaults.concurrency" expects a whole number of 1 or more, or auto, got "many".',
      'Correct that line.',
    ],
    [
      'defaults: { concurrency: 0 }',
      'line 1: "defaults.concurrency" expects a whole number of 1 or more, or auto, got 0.',
      'Correct that line.',
    ],
    ['defaults: { concurrency: 1.5 }', 'line 1: "defaults.concurrency" expects', expect.anything()],
    [
      'defaults: { rate_limit: 0 }',
      'line 1: "defaults.rate_limit" expects a number more than 0 (prompts per minute), got 0.',
      'Correct that line.',
    ],
    ['defaults: { rate_limit: .inf }', '"defaults.rate_limit" expects', expect.anything()],
    ['defaults: { model: 4 }', '"defaults.model" expects text, got 4.', expect.anything()],
    [
      'defaults: { resume_on_failure: "yes" }',
      '"defaults.resume_on_failure" expects true or false, got "yes".',
      expect.anything(),
    ],
    [
      'rate_limits:\n  gpt-4o: 30\n  o3: [1]\n',
      'line 3: "rate_limits.o3" expects a number more than 0 (prompts per minute), or a map of requests, tokens and concurrency, got a list or a map.',
      expect.anything(),
    ],
    [
      'rate_limits:\n  o3: { request: 60 }\n',
      'line 2: unknown key "rate_limits.o3.request".',
      'Did you mean "rate_limits.o3.requests"?',
    ],
    [
      'rate_limits: { o3: { tokens: -1 } }',
      '"rate_limits.o3.tokens" expects a number more than 0 (tokens per minute), got -1.',
      expect.anything(),
    ],
    [
      'defaults: { max_cost: 0 }',
      '"defaults.max_cost" expects a number more than 0 (US dollars), got 0.',
      expect.anything(),
    ],
    [
      'prices:\n  o3: { input: -1, output: 4 }\n',
      'line 2: "prices.o3.input" expects a number of 0 or more (US dollars per million tokens), got -1.',
      expect.anything(),
    ],
    [
      'prices:\n  o3: { input: $1, output: 4 }\n',
      'line 2: "prices.o3.input" expects a number of 0 or more (US dollars per million tokens), got "$1".',
      expect.anything(),
    ],
    [
      'prices:\n  o3: { input: 1 }\n',
      'line 2: "prices.o3" expects a map of input and output (US dollars per million tokens), but has no output.',
      expect.anything(),
    ],
    ['prices:\n  o3:\n', '"prices.o3" expects', expect.anything()],
    ['prices: { o3: 4 }', 'prices.o3 should be a map of settings.', expect.anything()],
    [
      'prices: { o3: { input: 1, output: 4, batch_discount: 50 } }',
      '"prices.o3.batch_discount" expects a number from 0 to 1, got 50.',
      expect.anything(),
    ],
    [
      'output: { format: xml }',
      '"output.format" expects one of csv, tsv, json, jsonl, text, openai-batch, xlsx, parquet, got "xml".',
      expect.anything(),
    ],
    ['output: json', 'line 1: output should be a map of settings.', expect.anything()],
    ['- a\n- b\n', 'line 1: the file should be a map of settings.', expect.anything()],
    ['defaults: {}\ndefaults: {}\n', 'line 2:', expect.anything()],
    ['defaults:\n  model: "open\n', 'line', expect.anything()],
    ['defaults:\n\tmodel: x\n', 'line 2:', expect.anything()],
    ['? [a]\n: b\n', 'line 1: unknown key "?".', expect.anything()],
    ['defaults: *nothing\n', 'line 1', expect.anything()],
  ])('refuses %j', async (text, reason, remedy) => {
    await expect(parse(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      reach: 'run',
      message: expect.stringContaining(reason),
      remedy,
    })
    await expect(parse(text)).rejects.toThrow(/^batch-config\.yaml, line \d+: .*\.$/)
  })

  it('reads the file as the documentation shows it', async () => {
    const config =
      await parse(`defaults: { concurrency: 3, rate_limit: 20, model: gpt-4o-mini, resume_on_failure: true }
rate_limits: { gpt-4o: 30, gpt-4o-mini: 60, claude-opus: 10 }
output: { format: json, save_to_logs: true }
`)
    expect(config).toEqual({
      defaults: { concurrency: 3, rate_limit: 20, model: 'gpt-4o-mini', resume_on_failure: true },
      rate_limits: { 'gpt-4o': 30, 'gpt-4o-mini': 60, 'claude-opus': 10 },
      prices: {},
      mcp: {},
      output: { format: 'json', save_to_logs: true },
    })
  })

  it('reads all limits of a model, what a model costs, and what a batch may cost', async () => {
    const config = await parse(`defaults: { concurrency: auto, token_limit: 90000, max_cost: 2.5 }
rate_limits:
  gpt-4o: { requests: 60, tokens: 90000, concurrency: 8 }
  claude-opus: { tokens: 40000 }
prices:
  my-model: { input: 0.1, output: 0.4, cached_input: 0, batch_discount: 0.5 }
`)
    expect(config).toEqual({
      defaults: { concurrency: 'auto', token_limit: 90000, max_cost: 2.5 },
      rate_limits: {
        'gpt-4o': { requests: 60, tokens: 90000, concurrency: 8 },
        'claude-opus': { tokens: 40000 },
      },
      prices: { 'my-model': { input: 0.1, output: 0.4, cached_input: 0, batch_discount: 0.5 } },
      mcp: {},
      output: {},
    })
  })

  it.each(['', '# nothing\n', '---\n', 'defaults:\nrate_limits:\noutput:\n'])(
    'takes %j for a file that says nothing',
    async text => {
      expect(await parse(text)).toEqual(emptyBatchConfig)
    },
  )

  it('takes a setting left blank for absent', async () => {
    expect(await parse('defaults:\n  model:\n  concurrency: 2\n')).toMatchObject({
      defaults: { concurrency: 2 },
    })
  })

  it('follows an alias, and takes any name for a model', async () => {
    const config = await parse(
      'rate_limits: { gpt-4o: &slow 10, __proto__: *slow, 4: 2.5 }\ndefaults: &d { rate_limit: *slow }\n',
    )
    expect(Object.entries(config.rate_limits)).toEqual([
      ['4', 2.5],
      ['gpt-4o', 10],
      ['__proto__', 10],
    ])
    expect(config.defaults.rate_limit).toBe(10)
  })
})
