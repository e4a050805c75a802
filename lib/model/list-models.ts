import type { ModelNames } from '../port/model-names.js'
import { extraModelWire } from './catalog/extra-model-reference.js'
import { ggufId } from './catalog/gguf-reference.js'
import { modelList } from './catalog/model-list.js'
import { providerList } from './catalog/provider-list.js'
import type { LocalServer } from './server/find-local-servers.js'

/**
 * All models, one a line, as `llm models` prints them: `OpenAI Chat: gpt-4o (aliases: 4o)`. First
 * listed models, then the user's own, `echo`, the models of running local servers, and a line for
 * each provider whose models are named with the provider.
 */
export function listModels(
  { aliases, extraModels, ggufModels }: ModelNames,
  servers: readonly LocalServer[],
): string[] {
  const usersAliases = (id: string): string[] =>
    [...aliases].flatMap(([alias, target]) => (target === id ? [alias] : []))
  const line = (title: string, id: string, own: readonly string[]): string => {
    const names = [...new Set([...own, ...usersAliases(id)])]
    return names.length === 0 ? `${title}: ${id}` : `${title}: ${id} (aliases: ${names.join(', ')})`
  }
  const known = modelList.map(({ wire, id, aliases: own }) => line(wireTitles[wire], id, own))
  const added = extraModels.map(model =>
    line(wireTitles[extraModelWire(model)], model.model_id, model.aliases),
  )
  const byProvider = providerList.flatMap(({ title, name }) => {
    const server = servers.find(({ provider }) => provider.name === name)
    if (server === undefined) return [`${title}: ${name}/NAME`]
    const { models, baseUrl } = server
    if (models === undefined) return [`${title}: ${name}/NAME (nothing listens at ${baseUrl})`]
    if (models.length === 0) return [`${title}: ${name}/NAME (running at ${baseUrl})`]
    return models.map(model => line(title, `${name}/${model}`, []))
  })
  const files = ggufModels.map(model => line('GGUF', ggufId(model.name), model.aliases))
  return [...known, ...added, ...files, line('Echo', 'echo', []), ...byProvider]
}

const wireTitles = {
  'openai-chat': 'OpenAI Chat',
  'openai-compatible': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'openai-completion': 'OpenAI Completion',
  anthropic: 'Anthropic Messages',
  google: 'GeminiPro',
}
