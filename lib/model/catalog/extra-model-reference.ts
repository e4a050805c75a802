import type { ExtraModel, ModelKey } from '../../port/model-names.js'
import { audioTypes, visionTypes } from './attachment-rules.js'
import type { FoundModel } from './model-reference.js'
import {
  chatOptionList,
  completionOptionList,
  type OptionDefinition,
  responsesOptionList,
} from './option-list.js'
import { findProvider } from './provider-list.js'

/** Describes a model of extra-openai-models.yaml. */
export function extraModelReference(model: ExtraModel): FoundModel {
  const { api_base } = model
  return {
    id: model.model_id,
    provider: 'openai',
    providerTitle: api_base === undefined ? 'OpenAI' : hostOf(api_base),
    apiName: model.model_name,
    wire: extraModelWire(model),
    baseUrl: api_base?.replace(/(?<!\/)\/+$/, ''),
    headers: model.headers,
    keyNeed: keyFor(model),
    isKeyOptional: false,
    options: optionsOf(model),
    attachmentTypes: extraModelTypes(model),
  }
}

/** If an entry sets both, the old completions endpoint counts, as in llm. */
export function extraModelWire({
  completion,
  responses,
}: ExtraModel): 'openai-completion' | 'openai-responses' | 'openai-compatible' {
  if (completion) return 'openai-completion'
  return responses ? 'openai-responses' : 'openai-compatible'
}

/**
 * llm's rule: an entry with a key name uses the key of that name; an entry with only a server of
 * its own gets no key; any other entry uses OpenAI's key.
 *
 * One difference is on purpose. If the named key is not stored, llm uses OPENAI_API_KEY and so
 * sends the user's OpenAI key to any server. We send that key to OpenAI's own host only.
 */
function keyFor({ api_base, api_key_name: name }: ExtraModel): ModelKey | undefined {
  const openai = findProvider('openai')?.key
  if (api_base === undefined) return openai && { ...openai, name: name ?? openai.name }
  if (name === undefined) return undefined
  const isOpenai = hostOf(api_base) === 'api.openai.com'
  return { name, variables: isOpenai ? (openai?.variables ?? []) : [] }
}

function optionsOf(model: ExtraModel): readonly OptionDefinition[] {
  if (model.completion) return completionOptionList
  const options = chatOptionsOf(model)
  return model.tier ? options : options.filter(({ name }) => name !== 'service_tier')
}

function chatOptionsOf({ responses, reasoning }: ExtraModel): readonly OptionDefinition[] {
  if (!responses && !reasoning) return chatOptionList
  if (responses && reasoning) return responsesOptionList
  const missing = responses
    ? ['reasoning_effort', 'reasoning_summary']
    : ['reasoning_summary', 'chat_completions']
  return responsesOptionList.filter(({ name }) => !missing.includes(name))
}

/** llm's rule: an entry that says nothing takes no attachments. */
export function extraModelTypes({ completion, vision, audio }: ExtraModel): readonly string[] {
  if (completion) return []
  return [...(vision ? visionTypes : []), ...(audio ? audioTypes : [])]
}

function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).hostname : baseUrl
}
