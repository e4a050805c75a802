import { parseModelOptions } from '../../../lib/model/catalog/parse-model-options.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'

const model = (name: string) =>
  resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] })
const parse = (name: string, given: Record<string, string | number | boolean>) =>
  parseModelOptions(model(name), given)

describe('parseModelOptions', () => {
  it('refuses an option that the model does not have, and lists the nearest and all options', () => {
    expect(() => parse('gpt-4o', { temprature: '1' })).toThrow(
      expect.objectContaining({
        code: 'MODEL_OPTION_INVALID',
        reach: 'run',
        message: 'Unknown option temprature for gpt-4o',
        remedy: expect.stringMatching(
          /^Did you mean temperature\? It takes: temperature, max_tokens/,
        ),
      }),
    )
    expect(() => parse('echo', { temperature: 1 })).toThrow(
      expect.objectContaining({ remedy: 'This model takes no options.' }),
    )
  })

  it.each([
    ['gpt-4o', 'temperature', '2.1', 'a number from 0 to 2'],
    ['gpt-4o', 'temperature', 'hot', 'a number from 0 to 2'],
    ['gpt-4o', 'temperature', '', 'a number from 0 to 2'],
    ['gpt-4o', 'temperature', '0x1', 'a number from 0 to 2'],
    ['claude-haiku', 'temperature', '1.5', 'a number from 0 to 1'],
    ['gpt-4o', 'max_tokens', '10.5', 'a whole number of 1 or more'],
    ['gpt-4o', 'max_tokens', '0', 'a whole number of 1 or more'],
    ['3.5-instruct', 'logprobs', '6', 'a whole number from 0 to 5'],
    ['gpt-4o', 'seed', '9007199254740993', 'a whole number'],
    ['gpt-4o', 'json_object', 'maybe', 'true or false'],
    ['gpt-5', 'reasoning_effort', 'huge', 'one of none, minimal, low'],
    ['gpt-4o', 'logit_bias', '{"50256": -101}', 'a JSON object of token ids'],
    ['gpt-4o', 'logit_bias', '[1]', 'a JSON object of token ids'],
    ['gpt-4o', 'logit_bias', '{"hello": 1}', 'a JSON object of token ids'],
    ['claude-haiku', 'stop_sequences', '[1, 2]', 'a JSON list of texts'],
  ])('refuses %s -o %s %j', (name, option, value, expected) => {
    expect(() => parse(name, { [option]: value })).toThrow(
      `Option ${option} is ${JSON.stringify(value)}`,
    )
    expect(() => parse(name, { [option]: value })).toThrow(expected)
  })

  it.each<[string, string, string | number | boolean, unknown]>([
    ['gpt-4o', 'temperature', '0.2', 0.2],
    ['gpt-4o', 'temperature', 1, 1],
    ['gpt-4o', 'max_tokens', '10.0', 10],
    ['gpt-4o', 'json_object', 'yes', true],
    ['gpt-4o', 'json_object', 'ON', true],
    ['gpt-4o', 'json_object', 1, true],
    ['gpt-4o', 'json_object', 'f', false],
    ['gpt-4o', 'stop', '5', '5'],
    ['gpt-4o', 'logit_bias', '{"50256": -100}', { 50256: -100 }],
    ['gpt-4o', 'service_tier', 'flex', 'flex'],
    ['claude-haiku', 'stop_sequences', '["a", "b"]', ['a', 'b']],
    ['claude-haiku', 'stop_sequences', 'END', ['END']],
    ['gemini-2.5-flash', 'max_tokens', '5', 5],
    ['ollama/llama3', 'top_k', '40', 40],
  ])('converts %s -o %s %j to its type, as llm does', (name, option, given, value) => {
    expect(parse(name, { [option]: given })).toEqual({ [option]: value })
  })

  it('puts options in one order, so that equal prompts have equal hashes', () => {
    const given = Object.keys(parse('gpt-4o', { seed: 1, temperature: 0, max_tokens: 5 }))
    expect(given).toEqual(['temperature', 'max_tokens', 'seed'])
  })

  it('refuses options that the Responses API refuses, before the first call, but not for the Chat API', () => {
    expect(() => parse('gpt-5', { seed: '1' })).toThrow(
      'gpt-5 takes no seed through the Responses API',
    )
    expect(parse('gpt-5', { seed: '1', chat_completions: 'true' })).toEqual({
      seed: 1,
      chat_completions: true,
    })
  })

  it('takes logprobs for a completion model, but no options of chat models, as llm does', () => {
    expect(parse('3.5-instruct', { logprobs: '2' })).toEqual({ logprobs: 2 })
    expect(parse('3.5-instruct', {})).toEqual({})
    expect(() => parse('3.5-instruct', { json_object: 'true' })).toThrow('Unknown option')
    expect(() => parse('gpt-4o', { logprobs: '2' })).toThrow('Unknown option')
  })

  it('knows verbosity for the gpt-5 and gpt-6 families only', () => {
    expect(parse('gpt-6-luna', { verbosity: 'low' })).toEqual({ verbosity: 'low' })
    expect(() => parse('o3', { verbosity: 'low' })).toThrow('Unknown option verbosity for o3')
  })
})
