import type { ExtraModel, ModelKey } from '../../port/model-names.js'
import type { ModelReference } from './model-reference.js'
import {
  chatOptionList,
  completionOptionList,
  type OptionDefinition,
  responsesOptionList,
} from './option-list.js'
import { findProvider } from './provider-list.js'
import { withoutEndSlashes } from './without-end-slashes.js'

export function extraModelReference(model: ExtraModel): ModelReference {
  const keyNeed = extraModelKey(model)
  const host = model.api_base === undefined ? undefined : hostOf(model.api_base)
  return {
    id: model.model_id,
    name: model.model_id,
    provider: 'openai',
    providerTitle: host ?? 'OpenAI',
    apiName: model.model_name,
    wire: extraModelWire(model),
    baseUrl: model.api_base === undefined ? undefined : withoutEndSlashes(model.api_base),
    headers: model.headers,
    keyNeed,
    isKeyOptional: false,
    options: optionsOf(model),
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
 * llm's rule: a server of the user's own without a key name gets no key. A key name is looked up.
 * Otherwise the key is OpenAI's.
 *
 * One difference on purpose: if a named key is not stored, llm uses OPENAI_API_KEY, and so sends
 * the user's OpenAI key to that host. Here only OpenAI's own host gets that key.
 */
function extraModelKey({ api_base, api_key_name }: ExtraModel): ModelKey | undefined {
  const openai = findProvider('openai')?.key
  if (api_base === undefined) {
    return api_key_name === undefined || openai === undefined
      ? openai
      : { ...openai, name: api_key_name }
  }
  if (api_key_name === undefined) return undefined
  const isOpenai = hostOf(api_base) === 'api.openai.com'
  return { name: api_key_name, variables: isOpenai ? (openai?.variables ?? []) : [] }
}

function optionsOf({ completion, responses, reasoning }: ExtraModel): readonly OptionDefinition[] {
  if (completion) return completionOptionList
  if (!responses && !reasoning) return chatOptionList
  if (responses && reasoning) return responsesOptionList
  const missing = responses
    ? ['reasoning_effort', 'reasoning_summary']
    : ['reasoning_summary', 'chat_completions']
  return responsesOptionList.filter(({ name }) => !missing.includes(name))
}

function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).hostname : baseUrl
}
