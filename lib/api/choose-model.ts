import { type ResolvedBatchOptions, rateLimitFor } from '../config/batch-options.js'
import { readDefaultModel } from '../home/default-model.js'
import type { SavedTemplate } from '../home/find-saved-template.js'
import { readAliases } from '../home/read-aliases.js'
import { readExtraModels } from '../home/read-extra-models.js'
import { readModelDefaults } from '../home/read-model-defaults.js'
import { findKey } from '../home/stored-keys.js'
import { parseModelOptions } from '../model/model-options.js'
import type { ModelReference } from '../model/model-reference.js'
import { openModel } from '../model/open-model.js'
import { resolveModel } from '../model/resolve-model.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { ModelOptions } from '../row/prompt.js'
import type { Surroundings } from './surroundings.js'

/** A model that was decided on, not yet opened. */
export interface ChosenModel {
  readonly reference: ModelReference
  readonly modelOptions: ModelOptions
  /** Calls started per minute. */
  readonly rateLimit: number | undefined
}

/** @throws {BatchError} MODEL_UNKNOWN, MODEL_OPTION_INVALID, HOME_FILE_INVALID; reach run. */
export async function chooseModel(
  folder: string,
  options: ResolvedBatchOptions,
  saved: SavedTemplate | undefined,
): Promise<ChosenModel> {
  const name =
    options.model ?? saved?.model ?? options.defaults.model ?? (await readDefaultModel(folder))
  const reference = await findModel(folder, name)
  const modelOptions = parseModelOptions(reference, {
    ...(await readModelDefaults(folder, reference.id)),
    ...saved?.options,
    ...options.options,
  })
  const rateLimit = rateLimitFor(options, [name, reference.id, reference.apiName])
  return { reference, modelOptions, rateLimit }
}

/** The model that a name means in the user's folder. */
export async function findModel(folder: string, name: string): Promise<ModelReference> {
  const [aliases, extraModels] = await Promise.all([readAliases(folder), readExtraModels(folder)])
  return resolveModel(name, { aliases, extraModels })
}

export interface OpenChosenModelOptions {
  readonly folder: string
  readonly surroundings: Surroundings
  readonly clock: Clock
  /** Name of a stored key, or a key. */
  readonly key?: string | undefined
  readonly concurrency: number
}

/** The client of a model, with its key. @throws {BatchError} KEY_MISSING, DEPENDENCY_MISSING; reach run. */
export async function openChosenModel(
  reference: ModelReference,
  options: OpenChosenModelOptions,
): Promise<ModelClient> {
  const { folder, surroundings, clock, key: explicit, concurrency } = options
  const { environment } = surroundings
  const { keyNeed: need, isKeyOptional } = reference
  const key = await findKey(folder, { explicit, need, environment, isOptional: isKeyOptional })
  return openModel({ reference, key, environment, clock, connections: concurrency })
}
