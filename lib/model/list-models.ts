import { addedModelWire } from './added-model.js'
import { modelList } from './model-list.js'
import { providerList } from './provider-list.js'
import type { ResolveModelOptions } from './resolve-model.js'

/**
 * The models there are, one a line, as `llm models` prints them: `OpenAI Chat: gpt-4o (aliases: 4o)`. Known ones
 * first, then the user's own, `echo`, and a line for each provider whose models are asked for by its name.
 */
export function listModels({ aliases, extraModels }: ResolveModelOptions): string[] {
  const usersAliases = (id: string): string[] =>
    [...aliases].flatMap(([alias, target]) => (target === id ? [alias] : []))
  const line = (title: string, id: string, own: readonly string[]): string => {
    const names = [...new Set([...own, ...usersAliases(id)])]
    return names.length === 0 ? `${title}: ${id}` : `${title}: ${id} (aliases: ${names.join(', ')})`
  }
  const known = modelList.map(({ wire, id, aliases: own }) => line(wireTitles[wire], id, own))
  const added = extraModels.map(model =>
    line(wireTitles[addedModelWire(model)], model.model_id, model.aliases),
  )
  const open = providerList.map(({ title, name }) => `${title}: ${name}/NAME`)
  return [...known, ...added, line('Echo', 'echo', []), ...open]
}

const wireTitles = {
  'openai-chat': 'OpenAI Chat',
  'openai-compatible': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'openai-completion': 'OpenAI Completion',
  anthropic: 'Anthropic Messages',
  google: 'GeminiPro',
}
