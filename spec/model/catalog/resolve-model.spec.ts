import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import type { ExtraModel } from '../../../lib/port/model-names.js'

const added = (changes: Partial<ExtraModel>): ExtraModel => ({
  model_id: 'mine',
  model_name: 'mine-v1',
  aliases: [],
  headers: {},
  completion: false,
  responses: false,
  reasoning: false,
  ...changes,
})
const resolve = (
  name: string,
  {
    aliases = {},
    extraModels = [] as ExtraModel[],
  }: { aliases?: object; extraModels?: ExtraModel[] } = {},
) => resolveModel(name, { aliases: new Map(Object.entries(aliases)), extraModels, ggufModels: [] })

describe('resolveModel', () => {
  it.each([
    ['quikc', 'quick'],
    ['mymodle', 'mymodel'],
    ['minee', 'mine'],
    ['ecko', 'echo'],
  ])('suggests for %j the name %j, also one that the user has added', (name, near) => {
    const extraModels = [added({ aliases: ['mymodel'] })]
    expect(() => resolve(name, { aliases: { quick: 'gpt-4o' }, extraModels })).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining(near) }),
    )
  })

  it.each([
    ['gpt-4o-mni', 'Unknown model: gpt-4o-mni', 'gpt-4o-mini'],
    ['', 'Unknown model: ', 'PROVIDER/NAME'],
    ['grok/llama', 'Unknown model: grok/llama', 'groq/llama'],
    ['/gpt-4o', 'Unknown model: /gpt-4o', 'PROVIDER/NAME'],
  ])('refuses %j before the first call, with the nearest names', (name, message, near) => {
    expect(() => resolve(name)).toThrow(
      expect.objectContaining({
        code: 'MODEL_UNKNOWN',
        reach: 'run',
        message,
        remedy: expect.stringContaining(near),
      }),
    )
  })

  it.each([
    [
      'openai/',
      "Name one of OpenAI's models: openai/gpt-4o, or another that `llm models -q openai` lists.",
    ],
    [
      'gemini',
      "Name one of Google's models: google/gemini-pro-latest, or another that `llm models -q gemini` lists.",
    ],
    [
      'ollama/',
      "Name one of Ollama's models: ollama/NAME. `llm models -q ollama` lists what is there.",
    ],
    ['groq', "Name one of Groq's models: groq/NAME."],
  ])('says that a model is missing after the name of a provider: %s', (name, remedy) => {
    expect(() => resolve(name)).toThrow(
      expect.objectContaining({ code: 'MODEL_UNKNOWN', message: `Unknown model: ${name}`, remedy }),
    )
  })

  it('names the target of the user’s alias if the target is unknown', () => {
    expect(() => resolve('fast', { aliases: { fast: 'gone-1' } })).toThrow(
      'Unknown model: fast (an alias of gone-1)',
    )
  })

  it.each([
    ['gpt-4o', 'gpt-4o', 'openai', 'openai-chat', 'gpt-4o'],
    ['4o-mini', 'gpt-4o-mini', 'openai', 'openai-chat', 'gpt-4o-mini'],
    ['chatgpt', 'gpt-3.5-turbo', 'openai', 'openai-chat', 'gpt-3.5-turbo'],
    [
      'chatgpt-instruct',
      'gpt-3.5-turbo-instruct',
      'openai',
      'openai-completion',
      'gpt-3.5-turbo-instruct',
    ],
    [
      'openai/gpt-3.5-turbo-instruct',
      'gpt-3.5-turbo-instruct',
      'openai',
      'openai-completion',
      'gpt-3.5-turbo-instruct',
    ],
    ['openai/davinci-002', 'openai/davinci-002', 'openai', 'openai-completion', 'davinci-002'],
    ['gpt-5.6-luna', 'gpt-5.6-luna', 'openai', 'openai-responses', 'gpt-5.6-luna'],
    ['openai/gpt-4o', 'gpt-4o', 'openai', 'openai-chat', 'gpt-4o'],
    ['openai/gpt-5-pro', 'openai/gpt-5-pro', 'openai', 'openai-responses', 'gpt-5-pro'],
    ['openai/ft:gpt-4o:me', 'openai/ft:gpt-4o:me', 'openai', 'openai-chat', 'ft:gpt-4o:me'],
    ['claude-opus', 'anthropic/claude-opus-5-5', 'anthropic', 'anthropic', 'claude-opus-5-5'],
    ['claude-sonnet', 'anthropic/claude-sonnet-5-5', 'anthropic', 'anthropic', 'claude-sonnet-5-5'],
    [
      'anthropic/claude-haiku',
      'anthropic/claude-haiku-5-5',
      'anthropic',
      'anthropic',
      'claude-haiku-5-5',
    ],
    [
      'claude-3-haiku-20240307',
      'anthropic/claude-3-haiku-20240307',
      'anthropic',
      'anthropic',
      'claude-3-haiku-20240307',
    ],
    ['gemini-9-ultra', 'gemini/gemini-9-ultra', 'google', 'google', 'gemini-9-ultra'],
    ['google/gemini-2.5-pro', 'gemini/gemini-2.5-pro', 'google', 'google', 'gemini-2.5-pro'],
    ['gemini/gemma-3-1b-it', 'gemini/gemma-3-1b-it', 'google', 'google', 'gemma-3-1b-it'],
    [
      'openrouter/meta/llama-4',
      'openrouter/meta/llama-4',
      'openrouter',
      'openai-compatible',
      'meta/llama-4',
    ],
    ['ollama/llama3.2:1b', 'ollama/llama3.2:1b', 'ollama', 'openai-compatible', 'llama3.2:1b'],
    ['echo', 'echo', 'echo', 'echo', 'echo'],
  ])('finds %s as %s of %s', (name, id, provider, wire, apiName) => {
    expect(resolve(name)).toMatchObject({ name, id, provider, wire, apiName })
  })

  it('looks up the user’s aliases before the names of models, and follows an alias once', () => {
    const aliases = { 'gpt-4o': 'claude-haiku', a: 'b', b: 'gpt-4o' }
    expect(resolve('gpt-4o', { aliases }).apiName).toBe('claude-haiku-5-5')
    expect(() => resolve('a', { aliases })).toThrow('Unknown model: a (an alias of b)')
  })

  it('finds models that the user added to llm, by id and alias; the last entry of a name counts', () => {
    const extraModels = [added({ aliases: ['m'] }), added({ model_name: 'mine-v2' })]
    expect(resolve('m', { extraModels }).apiName).toBe('mine-v1')
    expect(resolve('mine', { extraModels })).toMatchObject({
      id: 'mine',
      apiName: 'mine-v2',
    })
    expect(resolve('mine', { extraModels: [added({ responses: true })] }).wire).toBe(
      'openai-responses',
    )
  })

  it('gives a server of the user’s own a key only if the entry names one, and never OpenAI’s key', () => {
    const own = { api_base: 'http://10.0.0.5:8000/v1/' }
    const keyOf = (changes: Partial<ExtraModel>) =>
      resolve('mine', { extraModels: [added(changes)] }).keyNeed
    expect(keyOf(own)).toBeUndefined()
    expect(keyOf({ ...own, api_key_name: 'lab' })).toEqual({ name: 'lab', variables: [] })
    expect(keyOf({})).toMatchObject({ name: 'openai' })
    expect(keyOf({ api_key_name: 'work' })).toMatchObject({
      name: 'work',
      variables: expect.arrayContaining(['OPENAI_API_KEY']),
    })
    expect(keyOf({ api_base: 'https://api.openai.com/v1', api_key_name: 'work' })).toMatchObject({
      variables: expect.arrayContaining(['OPENAI_API_KEY']),
    })
  })

  it('takes reasoning options only for a model that the user marked with reasoning', () => {
    const options = (changes: Partial<ExtraModel>) =>
      resolve('mine', { extraModels: [added(changes)] }).options.map(({ name }) => name)
    expect(options({})).not.toContain('reasoning_effort')
    expect(options({ reasoning: true })).toContain('reasoning_effort')
    expect(options({ reasoning: true })).not.toContain('reasoning_summary')
    expect(options({ responses: true })).not.toContain('reasoning_effort')
    expect(options({ responses: true, reasoning: true })).toContain('reasoning_summary')
    expect(options({ responses: true, reasoning: true })).not.toContain('service_tier')
    expect(options({ tier: true })).toContain('service_tier')
  })

  it('asks a model with completion: true through the completions endpoint, whatever else its entry says', () => {
    const extraModels = [added({ completion: true, responses: true, reasoning: true })]
    const { wire, options, defaultOptions } = resolve('mine', { extraModels })
    expect(wire).toBe('openai-completion')
    expect(options).toBe(resolve('3.5-instruct').options)
    expect(defaultOptions).toBeUndefined()
  })

  it('looks for a key by the name that llm’s plugins use', () => {
    expect(resolve('gemini-2.5-pro').keyNeed).toMatchObject({
      name: 'gemini',
      alsoNamed: ['google'],
    })
    expect(resolve('groq/x').keyNeed).toMatchObject({
      name: 'groq',
      variables: ['GROQ_API_KEY', 'LLM_GROQ_KEY'],
    })
    expect(resolve('ollama/x').isKeyOptional).toBe(true)
    expect(resolve('gpt-4o').isKeyOptional).toBe(false)
  })
})
