import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { ExtraModel, ModelNames } from '../../port/model-names.js'
import { extraModelReference } from './extra-model.js'
import { findGguf, findPullable, ggufId } from './gguf-reference.js'
import {
  claudeModel,
  completionModel,
  geminiModel,
  type ListedModel,
  modelList,
  responsesOptionsOf,
} from './model-list.js'
import type { ModelReference } from './model-reference.js'
import { chatOptionList, compatibleOptionList } from './option-list.js'
import { findProvider, type Provider, providerList } from './provider-list.js'

/**
 * Finds the model that a name means: first by the user's aliases, then among models that the user
 * added to llm, listed models, GGUF files (`gguf:PATH` or a name), `claude-…` and `gemini-…`, and
 * at last as `provider/name`.
 *
 * @throws {BatchError} MODEL_UNKNOWN with the nearest names.
 */
export function resolveModel(name: string, options: ModelNames): ModelReference {
  const meant = options.aliases.get(name) ?? name
  const found =
    findEcho(meant) ??
    findExtra(meant, options.extraModels) ??
    findListed(meant) ??
    findGguf(meant, options.ggufModels) ??
    findByFamily(meant) ??
    findByProvider(meant)
  if (found === undefined) throw unknownModel(name, meant, options)
  return { ...found, name }
}

/** Whether a name already means a model, other than a GGUF file. */
export function isNameTaken(name: string, options: ModelNames): boolean {
  return (
    options.aliases.has(name) ||
    (findEcho(name) ?? findExtra(name, options.extraModels) ?? findListed(name)) !== undefined
  )
}

/** All names that `resolveModel` finds without a provider. */
export function knownNames(options: ModelNames): string[] {
  const { aliases, extraModels, ggufModels } = options
  return [
    ...aliases.keys(),
    ...extraModels.flatMap(model => [model.model_id, ...model.aliases]),
    ...modelList.flatMap(model => [model.id, ...model.aliases]),
    ...ggufModels.flatMap(({ name, aliases: own }) => [ggufId(name), name, ...own]),
    'echo',
  ]
}

function findEcho(name: string): ModelReference | undefined {
  if (name !== 'echo') return undefined
  return {
    id: 'echo',
    name,
    provider: 'echo',
    providerTitle: 'Echo',
    apiName: 'echo',
    wire: 'echo',
    baseUrl: undefined,
    headers: {},
    keyNeed: undefined,
    isKeyOptional: true,
    options: [],
  }
}

/** The last of several models with one name counts, as in llm. */
function findExtra(name: string, extraModels: readonly ExtraModel[]): ModelReference | undefined {
  const model = extraModels.findLast(
    ({ model_id, aliases }) => model_id === name || aliases.includes(name),
  )
  return model && extraModelReference(model)
}

function findListed(name: string): ModelReference | undefined {
  const model = modelList.find(({ id, aliases }) => id === name || aliases.includes(name))
  return model && listedReference(model)
}

function findByFamily(name: string): ModelReference | undefined {
  if (/^claude-./.test(name)) return listedReference(claudeModel(name))
  if (/^gemini-./.test(name)) return listedReference(geminiModel(name))
  return undefined
}

function findByProvider(name: string): ModelReference | undefined {
  const slash = name.indexOf('/')
  const provider = findProvider(name.slice(0, Math.max(slash, 0)))
  const apiName = name.slice(slash + 1)
  if (provider === undefined || apiName === '') return undefined
  switch (provider.wire) {
    case 'anthropic':
      return findListed(apiName) ?? listedReference(claudeModel(apiName))
    case 'google':
      return listedReference(geminiModel(apiName))
    case 'openai-chat':
      return openaiReference(provider, apiName)
    default:
      return reference(provider, {
        id: `${provider.name}/${apiName}`,
        apiName,
        wire: provider.wire,
        options: compatibleOptionList,
      })
  }
}

/**
 * An OpenAI model that llm does not list is asked as its family: reasoning models through
 * Responses, completion models through the old completions endpoint.
 */
function openaiReference(provider: Provider, apiName: string): ModelReference {
  const listed = findListed(apiName)
  if (listed?.provider === 'openai') return listed
  if (/^(davinci|babbage)-|^gpt-3\.5-turbo-instruct/.test(apiName)) {
    return reference(provider, { ...completionModel(apiName), id: `openai/${apiName}` })
  }
  const isResponses = /^(o\d|gpt-[5-9]|gpt-\d\d|codex)/.test(apiName)
  return reference(provider, {
    id: `openai/${apiName}`,
    apiName,
    wire: isResponses ? 'openai-responses' : 'openai-chat',
    options: isResponses ? responsesOptionsOf(apiName) : chatOptionList,
  })
}

function listedReference(model: ListedModel): ModelReference {
  const provider = findProvider(model.provider)
  if (provider === undefined) throw new RangeError(`no provider ${model.provider}`)
  return reference(provider, model)
}

function reference(
  provider: Provider,
  model: Pick<ModelReference, 'id' | 'apiName' | 'wire' | 'options' | 'defaultOptions'>,
): ModelReference {
  const { id, apiName, wire, options, defaultOptions } = model
  return {
    id,
    name: id,
    provider: provider.name,
    providerTitle: provider.title,
    apiName,
    wire,
    baseUrl: undefined,
    headers: {},
    keyNeed: provider.key,
    isKeyOptional: provider.isLocal,
    options,
    defaultOptions,
  }
}

function unknownModel(name: string, meant: string, options: ModelNames): BatchError {
  const shown = name === meant ? name : `${name} (an alias of ${meant})`
  return runError('MODEL_UNKNOWN', `Unknown model: ${shown}`, remedyFor(meant, options))
}

function remedyFor(meant: string, options: ModelNames): string {
  const alone = findProvider(meant.replace(/\/$/, ''))
  if (alone !== undefined) return modelWanted(alone)
  const [prefix = '', rest] = meant.split('/', 2)
  const prefixes = providerList.map(provider => provider.name)
  const near =
    rest === undefined
      ? nearest(meant, knownNames(options))
      : nearest(prefix, prefixes).map(known => `${known}/${rest}`)
  return `${hintFor(meant, near)} Any model of a provider is PROVIDER/NAME, with PROVIDER one of ${prefixes.join(', ')}.`
}

/** The remedy for a provider without a model name. */
function modelWanted({ name, title, idPrefix, isLocal }: Provider): string {
  const listed = modelList.find(({ provider }) => provider === name)
  const start = `Name one of ${title}'s models: ${name}/`
  if (listed !== undefined) {
    return `${start}${listed.apiName}, or another that \`llm models -q ${idPrefix}\` lists.`
  }
  return isLocal ? `${start}NAME. \`llm models -q ${name}\` lists what is there.` : `${start}NAME.`
}

function hintFor(meant: string, near: readonly string[]): string {
  const pullable = findPullable(meant)
  if (pullable !== undefined) {
    return `Get it with \`llm models pull ${pullable.name}\` (${Math.round(pullable.bytes / 1e6)} MB).`
  }
  return near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'See `llm models`.'
}
