import type { ModelOptions } from '../../row/prompt.js'
import {
  anthropicOptionList,
  chatOptionList,
  completionOptionList,
  googleOptionList,
  type OptionDefinition,
  responsesOptionList,
  verboseOptionList,
} from './option-list.js'

/** A model known by name. */
export interface ListedModel {
  readonly id: string
  readonly aliases: readonly string[]
  readonly provider: 'openai' | 'anthropic' | 'google'
  readonly wire: 'openai-chat' | 'openai-responses' | 'openai-completion' | 'anthropic' | 'google'
  readonly apiName: string
  readonly options: readonly OptionDefinition[]
  readonly defaultOptions?: ModelOptions
}

/** llm 0.36's chat models of OpenAI: id, then aliases. */
const chatModels = [
  'gpt-4o 4o',
  'gpt-4o-mini 4o-mini',
  'gpt-4.1 4.1',
  'gpt-4.1-mini 4.1-mini',
  'gpt-4.1-nano 4.1-nano',
  'gpt-3.5-turbo 3.5 chatgpt',
  'gpt-3.5-turbo-16k chatgpt-16k 3.5-16k',
  'gpt-4 4 gpt4',
  'gpt-4-turbo-2024-04-09',
  'gpt-4-turbo gpt-4-turbo-preview 4-turbo 4t',
]

/** llm 0.36's models of OpenAI that it asks through the Responses API. */
const responsesModels = [
  'o1',
  'o1-2024-12-17',
  'o3-mini',
  'o3',
  'o4-mini',
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-5-2025-08-07',
  'gpt-5-mini-2025-08-07',
  'gpt-5-nano-2025-08-07',
  'gpt-5.1',
  'gpt-5.2',
  'gpt-5.2-chat-latest',
  'gpt-5.4',
  'gpt-5.4-2026-03-05',
  'gpt-5.4-mini',
  'gpt-5.4-mini-2026-03-17',
  'gpt-5.4-nano',
  'gpt-5.4-nano-2026-03-17',
  'gpt-5.5',
  'gpt-5.5-2026-04-23',
  'gpt-5.6-sol',
  'gpt-5.6-terra',
  'gpt-5.6-luna',
  'gpt-6-astra',
  'gpt-6-sol',
  'gpt-6-luna',
]

/** llm's models of OpenAI's old completions endpoint. */
const completionModels = ['gpt-3.5-turbo-instruct 3.5-instruct chatgpt-instruct']

/**
 * Models of Anthropic and Google, by the ids of the pinned AI SDK. A short name means the newest
 * model of its family.
 */
const anthropicModels = [
  'claude-opus-5-5 claude-opus',
  'claude-sonnet-5-5 claude-sonnet',
  'claude-haiku-5-5 claude-haiku',
  'claude-opus-5',
  'claude-sonnet-5',
  'claude-opus-4-8',
  'claude-sonnet-4-6',
  'claude-haiku-4-5',
]
const googleModels = [
  'gemini-pro-latest',
  'gemini-flash-latest',
  'gemini-flash-lite-latest',
  'gemini-3.1-pro-preview',
  'gemini-3.8-flash',
  'gemini-3.5-flash-lite',
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
]

/** Models that need no provider in their name, besides any `claude-…` and `gemini-…`. */
export const modelList: readonly ListedModel[] = [
  ...listed(chatModels, (id, aliases) => openaiModel(id, aliases, 'openai-chat', chatOptionList)),
  ...listed(responsesModels, id => openaiModel(id, [], 'openai-responses', responsesOptionsOf(id))),
  ...listed(completionModels, completionModel),
  ...listed(anthropicModels, (name, aliases) => claudeModel(name, [name, ...aliases])),
  ...listed(googleModels, name => geminiModel(name, [name])),
]

function listed(
  lines: readonly string[],
  toModel: (name: string, aliases: readonly string[]) => ListedModel,
): readonly ListedModel[] {
  return lines.map(line => {
    const [name = '', ...aliases] = line.split(' ')
    return toModel(name, aliases)
  })
}

export function responsesOptionsOf(apiName: string): readonly OptionDefinition[] {
  return /^gpt-[56]/.test(apiName) ? verboseOptionList : responsesOptionList
}

/** With llm's answer length: by default the endpoint ends an answer after 16 tokens. */
export function completionModel(apiName: string, aliases: readonly string[] = []): ListedModel {
  const model = openaiModel(apiName, aliases, 'openai-completion', completionOptionList)
  return { ...model, defaultOptions: { max_tokens: 256 } }
}

/** llm-anthropic's id: with the provider. */
export function claudeModel(apiName: string, aliases: readonly string[] = []): ListedModel {
  const id = `anthropic/${apiName}`
  const provider = 'anthropic'
  return { id, aliases, provider, wire: provider, apiName, options: anthropicOptionList }
}

/** llm-gemini's id. */
export function geminiModel(apiName: string, aliases: readonly string[] = []): ListedModel {
  const id = `gemini/${apiName}`
  const provider = 'google'
  return { id, aliases, provider, wire: provider, apiName, options: googleOptionList }
}

function openaiModel(
  id: string,
  aliases: readonly string[],
  wire: ListedModel['wire'],
  options: readonly OptionDefinition[],
): ListedModel {
  return { id, aliases, provider: 'openai', wire, apiName: id, options }
}
