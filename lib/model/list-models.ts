import type { ModelKey, ModelNames } from '../port/model-names.js'
import { extraModelReference } from './catalog/extra-model-reference.js'
import { findGguf, ggufId } from './catalog/gguf-reference.js'
import { extraModelFeatures, type ModelFeatures, modelFeatures } from './catalog/model-features.js'
import { modelList } from './catalog/model-list.js'
import type { FoundModel, Wire } from './catalog/model-reference.js'
import type { OptionDefinition } from './catalog/option-list.js'
import { providerList } from './catalog/provider-list.js'
import { resolveModel } from './catalog/resolve-model.js'
import type { LocalServer } from './server/find-local-servers.js'

/** A line of `llm models`. */
export interface ListedEntry {
  /** `OpenAI Chat: gpt-4o`, without the aliases. */
  readonly title: string
  readonly aliases: readonly string[]
  /** Absent for a line that stands for all models of a provider. */
  readonly model?: ListedModelFacts
}

export interface ListedModelFacts {
  readonly id: string
  readonly wire: Wire
  readonly features: ModelFeatures
  readonly options: readonly OptionDefinition[]
  /** Absent if the model takes no key. */
  readonly key?: ModelKey | undefined
}

/**
 * All models, one a line, as `llm models` lists them. First listed models, then the user's own,
 * `echo`, the models of running local servers, and a line for each provider whose models are named
 * with the provider.
 */
export function listModels(
  names: ModelNames,
  servers: readonly LocalServer[],
): readonly ListedEntry[] {
  const { aliases, extraModels, ggufModels } = names
  const bare = { ...names, aliases: new Map<string, string>() }
  const known = modelList.map(({ id, aliases: own }) => entry(resolveModel(id, bare), own))
  const added = extraModels.map(model => {
    const found = extraModelReference(model)
    return entry(found, model.aliases, extraModelFeatures(model, found.wire))
  })
  const files = ggufModels.flatMap(model => {
    const found = findGguf(ggufId(model.name), [model])
    return found === undefined ? [] : [entry(found, model.aliases)]
  })
  const byProvider = providerList.flatMap(({ title, name }): readonly ListedEntry[] => {
    const server = servers.find(({ provider }) => provider.name === name)
    const all = `${title}: ${name}/NAME`
    if (server === undefined) return [{ title: all, aliases: [] }]
    const { models, baseUrl } = server
    if (models === undefined) {
      return [{ title: `${all} (nothing listens at ${baseUrl})`, aliases: [] }]
    }
    if (models.length === 0) return [{ title: `${all} (running at ${baseUrl})`, aliases: [] }]
    return models.map(model => entry(resolveModel(`${name}/${model}`, bare), []))
  })
  return [...known, ...added, ...files, entry(resolveModel('echo', bare), []), ...byProvider]

  function entry(
    { id, wire, options, keyNeed, isKeyOptional, providerTitle }: FoundModel,
    own: readonly string[],
    features: ModelFeatures = modelFeatures({ id, wire }),
  ): ListedEntry {
    const usersAliases = [...aliases].flatMap(([alias, target]) => (target === id ? [alias] : []))
    return {
      title: `${isLocal(wire) ? providerTitle : wireTitles[wire]}: ${id}`,
      aliases: [...new Set([...own, ...usersAliases])],
      model: { id, wire, features, options, key: isKeyOptional ? undefined : keyNeed },
    }

    function isLocal(wire: Wire): wire is 'echo' | 'gguf' | 'own' {
      return (
        wire === 'echo' ||
        wire === 'gguf' ||
        wire === 'own' ||
        (wire === 'openai-compatible' && isKeyOptional)
      )
    }
  }
}

/** A line as llm prints it: `OpenAI Chat: gpt-4o (aliases: 4o)`. */
export function listedLine({ title, aliases }: ListedEntry): string {
  return aliases.length === 0 ? title : `${title} (aliases: ${aliases.join(', ')})`
}

/** Whether a text is in the line's title or in one of its aliases, whatever the case. */
export function isListedMatch({ title, aliases }: ListedEntry, query: string): boolean {
  return [title, ...aliases].some(text => text.toLowerCase().includes(query.toLowerCase()))
}

/** Titles of models that llm knows, or that its plugins know. */
const wireTitles = {
  'openai-chat': 'OpenAI Chat',
  'openai-compatible': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'openai-completion': 'OpenAI Completion',
  anthropic: 'Anthropic Messages',
  google: 'GeminiPro',
}
