import type { ModelKey } from '../../port/model-names.js'
import type { Wire } from './model-reference.js'

export interface Provider {
  readonly name: string
  /** The name for people. */
  readonly title: string
  readonly wire: Wire
  /** With the version, as `<PROVIDER>_BASE_URL` must have it. */
  readonly baseUrl: string
  /** Variables with another base URL; the first that is set counts. */
  readonly baseUrlVariables: readonly string[]
  readonly key: ModelKey
  /** Whether the server runs on the user's machine, and needs no key. */
  readonly isLocal: boolean
  /** The id of its models in llm: `anthropic/claude-…`. */
  readonly idPrefix: string
  readonly otherNames: readonly string[]
}

type ProviderEntry = Pick<Provider, 'title' | 'baseUrl'> &
  Partial<Pick<Provider, 'wire' | 'key' | 'isLocal' | 'idPrefix' | 'otherNames'>>

/** All providers, as data. Key names are those of llm's plugins, so stored keys work here. */
const entries: Readonly<Record<string, ProviderEntry>> = {
  openai: { title: 'OpenAI', wire: 'openai-chat', baseUrl: 'https://api.openai.com/v1' },
  anthropic: { title: 'Anthropic', wire: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' },
  google: {
    title: 'Google',
    wire: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    key: {
      name: 'gemini',
      alsoNamed: ['google'],
      variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'LLM_GEMINI_KEY'],
    },
    idPrefix: 'gemini',
    otherNames: ['gemini'],
  },
  openrouter: {
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    key: { name: 'openrouter', variables: ['OPENROUTER_API_KEY', 'OPENROUTER_KEY'] },
  },
  groq: { title: 'Groq', baseUrl: 'https://api.groq.com/openai/v1' },
  mistral: { title: 'Mistral', baseUrl: 'https://api.mistral.ai/v1' },
  together: { title: 'Together', baseUrl: 'https://api.together.xyz/v1' },
  deepseek: { title: 'DeepSeek', baseUrl: 'https://api.deepseek.com/v1' },
  xai: { title: 'xAI', baseUrl: 'https://api.x.ai/v1' },
  fireworks: { title: 'Fireworks', baseUrl: 'https://api.fireworks.ai/inference/v1' },
  cerebras: { title: 'Cerebras', baseUrl: 'https://api.cerebras.ai/v1' },
  // The address is the user's own: `azureBaseUrl` makes it.
  azure: {
    title: 'Azure OpenAI',
    baseUrl: '',
    key: { name: 'azure', variables: ['AZURE_OPENAI_API_KEY', 'LLM_AZURE_KEY'] },
  },
  ollama: { title: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', isLocal: true },
  lmstudio: { title: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', isLocal: true },
  llamacpp: { title: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1', isLocal: true },
}

export const providerList: readonly Provider[] = Object.entries(entries).map(([name, entry]) => {
  const otherNames = entry.otherNames ?? []
  return {
    name,
    wire: 'openai-compatible',
    key: { name, variables: [`${name.toUpperCase()}_API_KEY`, `LLM_${name.toUpperCase()}_KEY`] },
    isLocal: false,
    idPrefix: name,
    ...entry,
    otherNames,
    baseUrlVariables: [name, ...otherNames].map(known => `${known.toUpperCase()}_BASE_URL`),
  }
})

export function findProvider(name: string): Provider | undefined {
  return providerList.find(({ name: own, otherNames }) => own === name || otherNames.includes(name))
}

/** The base URL of a provider, also from the environment, without a slash at the end. */
export function providerBaseUrl(
  { baseUrl, baseUrlVariables }: Provider,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const set = baseUrlVariables.map(name => environment[name]?.trim()).find(Boolean)
  return (set ?? baseUrl).replace(/(?<!\/)\/+$/, '')
}
