import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { ExtraModel, ModelNames } from '../../port/model-names.js'
import { extraModelReference } from './extra-model-reference.js'
import { findGguf, findPullable, ggufId } from './gguf-reference.js'
import {
  claudeModel,
  completionModel,
  geminiModel,
  type ListedModel,
  modelList,
  responsesOptionsOf,
} from './model-list.js'
import type { FoundModel, ModelReference } from './model-reference.js'
import { chatOptionList, compatibleOptionList } from './option-list.js'
import { findProvider, type Provider, providerList } from './provider-list.js'

/**
 * Finds the model that a name means: first by the user's aliases, then among models that the user
 * added to llm, listed models, GGUF files (`gguf:PATH` or a name), `claude-…` and `gemini-…`, and
 * at last as `provider/name`.
 *
 * @throws {BatchError} MODEL_UNKNOWN with the nearest names.
 */
export function resolveModel(name: string, names: ModelNames): ModelReference {
  const target = names.aliases.get(name) ?? name
  const found =
    findNamed(target, names.extraModels) ??
    findGguf(target, names.ggufModels) ??
    findByFamily(target) ??
    findByProvider(target)
  if (found === undefined) throw unknownModel(name, target, names)
  return { ...found, name }
}

/** Whether a name already means a model, other than a GGUF file. */
export function isNameTaken(name: string, { aliases, extraModels }: ModelNames): boolean {
  return aliases.has(name) || findNamed(name, extraModels) !== undefined
}

const echo: FoundModel = {
  id: 'echo',
  provider: 'echo',
  providerTitle: 'Echo',
  apiName: 'echo',
  wire: 'echo',
  headers: {},
  isKeyOptional: true,
  options: [],
}

/** Finds a model that has a name of its own, but not a GGUF file. */
function findNamed(name: string, extraModels: readonly ExtraModel[]): FoundModel | undefined {
  if (name === 'echo') return echo
  // The last of several entries with the same name counts, as in llm.
  const extra = extraModels.findLast(
    ({ model_id, aliases }) => model_id === name || aliases.includes(name),
  )
  return extra === undefined ? findListed(name) : extraModelReference(extra)
}

function findListed(name: string): FoundModel | undefined {
  const model = modelList.find(({ id, aliases }) => id === name || aliases.includes(name))
  return model && listedReference(model)
}

function findByFamily(name: string): FoundModel | undefined {
  if (/^claude-./.test(name)) return listedReference(claudeModel(name))
  if (/^gemini-./.test(name)) return listedReference(geminiModel(name))
  return undefined
}

function findByProvider(name: string): FoundModel | undefined {
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
function openaiReference(provider: Provider, apiName: string): FoundModel {
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

function listedReference(model: ListedModel): FoundModel {
  const provider = findProvider(model.provider)
  if (provider === undefined) throw new RangeError(`no provider ${model.provider}`)
  return reference(provider, model)
}

function reference(
  provider: Provider,
  model: Pick<FoundModel, 'id' | 'apiName' | 'wire' | 'options' | 'defaultOptions'>,
): FoundModel {
  const { id, apiName, wire, options, defaultOptions } = model
  return {
    id,
    provider: provider.name,
    providerTitle: provider.title,
    apiName,
    wire,
    headers: {},
    keyNeed: provider.key,
    isKeyOptional: provider.isLocal,
    options,
    defaultOptions,
  }
}

function unknownModel(name: string, target: string, names: ModelNames): BatchError {
  const shown = name === target ? name : `${name} (an alias of ${target})`
  return runError('MODEL_UNKNOWN', `Unknown model: ${shown}`, remedyFor(target, names))
}

function remedyFor(name: string, names: ModelNames): string {
  const provider = findProvider(name.replace(/\/$/, ''))
  if (provider !== undefined) return nameMissing(provider)
  const pullable = findPullable(name)
  const prefixes = providerList.map(known => known.name)
  const [prefix = '', rest] = name.split('/', 2)
  const near =
    rest === undefined
      ? nearest(name, knownNames(names))
      : nearest(prefix, prefixes).map(known => `${known}/${rest}`)
  const hint = pullable
    ? `Get it with \`llm models pull ${pullable.name}\` (${Math.round(pullable.bytes / 1e6)} MB).`
    : near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : 'See `llm models`.'
  return `${hint} Any model of a provider is PROVIDER/NAME, with PROVIDER one of ${prefixes.join(', ')}.`
}

function knownNames({ aliases, extraModels, ggufModels }: ModelNames): string[] {
  return [
    ...aliases.keys(),
    ...extraModels.flatMap(model => [model.model_id, ...model.aliases]),
    ...modelList.flatMap(model => [model.id, ...model.aliases]),
    ...ggufModels.flatMap(model => [ggufId(model.name), model.name, ...model.aliases]),
    'echo',
  ]
}

/** The remedy for the name of a provider without a model after it. */
function nameMissing({ name, title, idPrefix, isLocal }: Provider): string {
  const listed = modelList.find(({ provider }) => provider === name)
  const start = `Name one of ${title}'s models: ${name}/`
  if (listed !== undefined) {
    return `${start}${listed.apiName}, or another that \`llm models -q ${idPrefix}\` lists.`
  }
  return isLocal ? `${start}NAME. \`llm models -q ${name}\` lists what is there.` : `${start}NAME.`
}
