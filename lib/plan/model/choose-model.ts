import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { limitsFor, type ModelLimits } from '../../config/limits-for.js'
import { readDefaultModel } from '../../home/default-model.js'
import type { SavedTemplate } from '../../home/find-saved-template.js'
import type { Home } from '../../home/open-home.js'
import { readModelDefaults } from '../../home/read-model-defaults.js'
import { readModelNames } from '../../home/read-model-names.js'
import { findKey } from '../../home/stored-keys.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'
import { parseModelOptions } from '../../model/catalog/parse-model-options.js'
import { resolveModel } from '../../model/catalog/resolve-model.js'
import { openModel } from '../../model/open-model.js'
import type { Clock } from '../../port/clock.js'
import type { ModelClient } from '../../port/model-client.js'
import type { JsonSchema } from '../../row/json-schema.js'
import type { ModelOptions } from '../../row/prompt.js'

/** A model that is decided on and not opened. */
export interface ChosenModel {
  readonly reference: ModelReference
  readonly modelOptions: ModelOptions
  readonly limits: ModelLimits
}

/**
 * @param own the model that the caller has, instead of the one that is named.
 * @throws {BatchError} MODEL_UNKNOWN, MODEL_OPTION_INVALID, HOME_FILE_INVALID; reach run.
 */
export async function chooseModel(
  options: ResolvedBatchOptions,
  saved: SavedTemplate | undefined,
  home: Home,
  own?: ModelReference,
): Promise<ChosenModel> {
  const name =
    options.model ?? saved?.model ?? options.defaults.model ?? (await readDefaultModel(home.folder))
  const reference = own ?? (await findModel(name, home))
  const modelOptions = parseModelOptions(reference, {
    ...(await readModelDefaults(home.folder, reference.id)),
    ...saved?.options,
    ...options.options,
  })
  const limits = limitsFor(options, [name, reference.id, reference.apiName])
  return { reference, modelOptions, limits }
}

/** The model that a name means in the user's folder. */
export async function findModel(name: string, home: Home): Promise<ModelReference> {
  return resolveModel(name, await readModelNames(home))
}

export interface OpenModelClientOptions {
  readonly clock: Clock
  /** Name of a stored key, or a key. */
  readonly key: string | undefined
  readonly concurrency: number
  /** Megabytes of the longest reply that is read; 64 when absent. */
  readonly maxReplyMb?: number
  /** The form that answers must have. */
  readonly schema?: JsonSchema | undefined
  /** Whether prompts are whole requests of OpenAI's API. */
  readonly isAskedWhole?: boolean
}

/**
 * The client of a model, with its key.
 *
 * @throws {BatchError} KEY_MISSING, and as `openModel`; reach run.
 */
export async function openModelClient(
  { reference, modelOptions }: Pick<ChosenModel, 'reference' | 'modelOptions'>,
  { folder, environment }: Home,
  { key: explicit, concurrency: connections, ...given }: OpenModelClientOptions,
): Promise<ModelClient> {
  const { keyNeed: need, isKeyOptional: isOptional } = reference
  const key = await findKey(folder, { explicit, need, environment, isOptional })
  return openModel({ reference, key, environment, connections, modelOptions, ...given })
}
