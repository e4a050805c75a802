import { pricePlace } from '../../../lib/model/catalog/price-place.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import type { ExtraModel } from '../../../lib/port/model-names.js'

const names = { aliases: new Map([['mini', 'gpt-4o-mini']]), extraModels: [], ggufModels: [] }

function placeOf(
  name: string,
  { environment = {}, modelOptions = {}, extraModels = [] as readonly ExtraModel[] } = {},
) {
  const reference = resolveModel(name, { ...names, extraModels })
  return pricePlace(reference, { environment, modelOptions })
}

function extraModel(given: Partial<ExtraModel>): ExtraModel {
  const flags = { completion: false, responses: false, reasoning: false }
  return { model_id: 'mine', model_name: 'gpt-4o', aliases: [], headers: {}, ...flags, ...given }
}

describe('pricePlace', () => {
  it.each([
    ['gpt-4o-mini', 'openai', 'gpt-4o-mini'],
    ['mini', 'openai', 'gpt-4o-mini'],
    ['4o-mini', 'openai', 'gpt-4o-mini'],
    ['openai/gpt-4o-mini', 'openai', 'gpt-4o-mini'],
    ['openai/ft:gpt-4o-mini:acme::x', 'openai', 'ft:gpt-4o-mini:acme::x'],
    ['anthropic/claude-haiku-4-5', 'anthropic', 'claude-haiku-4-5'],
    ['gemini-2.5-flash', 'google', 'gemini-2.5-flash'],
    ['openrouter/deepseek/deepseek-chat', 'openrouter', 'deepseek/deepseek-chat'],
    ['groq/llama-3.3-70b-versatile', 'groq', 'llama-3.3-70b-versatile'],
    ['xai/grok-4', 'x-ai', 'grok-4'],
    ['cerebras/llama3.1-8b', 'cerebras', 'llama3.1-8b'],
  ])('finds %s in the list of %s as %s', (name, provider, model) => {
    expect(placeOf(name)).toMatchObject({ kind: 'listed', provider, model })
    expect(placeOf(name)).not.toHaveProperty('gateway', expect.anything())
  })

  it('names the gateway that stands in for a provider', () => {
    const environment = { OPENAI_BASE_URL: 'http://127.0.0.1:4000/v1' }

    expect(placeOf('gpt-4o-mini', { environment })).toMatchObject({
      kind: 'listed',
      provider: 'openai',
      gateway: '127.0.0.1:4000',
    })
  })

  it.each(['flex', 'priority', 'scale'])('has no list price for service_tier %s', tier => {
    const place = placeOf('gpt-4o-mini', { modelOptions: { service_tier: tier } })

    expect(place).toEqual({
      kind: 'unlisted',
      why: `the list has no prices for service_tier ${tier}`,
    })
  })

  it('never prices a model of an own server as a model of OpenAI', () => {
    const api_base = 'https://api.openai.com.example.org/v1'
    const place = placeOf('mine', { extraModels: [extraModel({ api_base })] })

    expect(place).toEqual({
      kind: 'unlisted',
      why: 'no list has the prices of api.openai.com.example.org',
    })
  })

  it('prices an added model as the provider whose server it names', () => {
    const api_base = 'https://api.groq.com/openai/v1'
    const groq = placeOf('mine', { extraModels: [extraModel({ api_base, model_name: 'llama' })] })
    const openai = placeOf('mine', { extraModels: [extraModel({})] })

    expect(groq).toMatchObject({ kind: 'listed', provider: 'groq', model: 'llama' })
    expect(openai).toMatchObject({ kind: 'listed', provider: 'openai', model: 'gpt-4o' })
  })

  it.each(['echo', 'gguf:./a.gguf', 'ollama/llama3.2', 'lmstudio/qwen', 'llamacpp/any'])(
    'says in words that %s costs nothing',
    name => {
      const place = placeOf(name)

      expect(place.kind).toBe('own')
      expect(place).toHaveProperty('why', expect.stringContaining('costs nothing'))
    },
  )

  it.each([
    'http://192.168.1.20:11434/v1',
    'http://10.0.0.5/v1',
    'http://172.20.0.2:11434/v1',
    'http://[::1]:11434/v1',
    'http://[fd00::7]/v1',
    'http://ollama:11434/v1',
    'http://host.docker.internal:11434/v1',
    'http://box.local/v1',
  ])('takes %s for a machine of the user', url => {
    expect(placeOf('ollama/llama3', { environment: { OLLAMA_BASE_URL: url } }).kind).toBe('own')
  })

  it.each([
    'https://ollama.com/v1',
    'https://172.example.org/v1',
    'https://10.evil.example/v1',
    'http://172.32.0.1/v1',
    'http://8.8.8.8/v1',
    'http://[2001:db8::1]/v1',
  ])('does not take %s for a machine of the user', url => {
    const place = placeOf('ollama/llama3', { environment: { OLLAMA_BASE_URL: url } })

    expect(place.kind).toBe('unlisted')
  })

  it('does not take a cloud model of Ollama for a local model', () => {
    expect(placeOf('ollama/gpt-oss:120b-cloud').kind).toBe('unlisted')
  })
})
