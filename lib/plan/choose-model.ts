import { type ResolvedBatchOptions, rateLimitFor } from '../config/batch-options.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { readDefaultModel } from '../home/default-model.js'
import type { SavedTemplate } from '../home/find-saved-template.js'
import { readModelDefaults } from '../home/read-model-defaults.js'
import { readModelNames } from '../home/read-model-names.js'
import { findKey, readKeys } from '../home/stored-keys.js'
import { userFolder } from '../home/user-folder.js'
import type { Surroundings } from '../host/surroundings.js'
import { parseModelOptions } from '../model/catalog/model-options.js'
import type { ModelReference } from '../model/catalog/model-reference.js'
import { resolveModel } from '../model/catalog/resolve-model.js'
import { openModel } from '../model/open-model.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { ModelOptions } from '../row/prompt.js'

/** A model that was decided on, not yet opened. */
export interface ChosenModel {
  readonly reference: ModelReference
  readonly modelOptions: ModelOptions
  /** Calls started per minute. */
  readonly rateLimit: number | undefined
}

/** @throws {BatchError} MODEL_UNKNOWN, MODEL_OPTION_INVALID, HOME_FILE_INVALID; reach run. */
export async function chooseModel(
  options: ResolvedBatchOptions,
  saved: SavedTemplate | undefined,
  surroundings: Surroundings,
): Promise<ChosenModel> {
  const folder = userFolder(surroundings)
  const name =
    options.model ?? saved?.model ?? options.defaults.model ?? (await readDefaultModel(folder))
  const reference = await findModel(name, surroundings)
  const modelOptions = parseModelOptions(reference, {
    ...(await readModelDefaults(folder, reference.id)),
    ...saved?.options,
    ...options.options,
  })
  const rateLimit = rateLimitFor(options, [name, reference.id, reference.apiName])
  return { reference, modelOptions, rateLimit }
}

/** What `--key` said, where that is the name of a stored key: it may be recorded, which a key may not. */
export async function storedKeyName(
  key: string | undefined,
  surroundings: Surroundings,
): Promise<string | undefined> {
  if (key === undefined) return undefined
  return (await readKeys(userFolder(surroundings))).has(key) ? key : undefined
}

/**
 * The name of a key that a recorded batch was begun with has to be stored still: it would be sent as if it were the key.
 *
 * @throws {BatchError} KEY_MISSING; reach run.
 */
export async function checkKeyName(name: string, surroundings: Surroundings): Promise<void> {
  if ((await storedKeyName(name, surroundings)) === undefined) throw keyForgotten(name)
}

function keyForgotten(name: string): BatchError {
  return runError(
    'KEY_MISSING',
    `The batch was begun with the key ${name}, which is not stored any more`,
    `Add it with 'llm keys set ${name}', or name another with --key.`,
  )
}

/** The model that a name means in the user's folder. */
export async function findModel(name: string, surroundings: Surroundings): Promise<ModelReference> {
  const { environment } = surroundings
  const folder = userFolder(surroundings)
  return resolveModel(name, await readModelNames({ folder, environment }))
}

export interface OpenChosenModelOptions {
  readonly surroundings: Surroundings
  readonly clock: Clock
  /** Name of a stored key, or a key. */
  readonly key?: string | undefined
  readonly concurrency: number
  /** Megabytes of the longest reply that is read; 64 when absent. */
  readonly maxReplyMb?: number | undefined
  /** Options that its prompts will have. */
  readonly modelOptions: ModelOptions
}

/** The client of a model, with its key. @throws {BatchError} KEY_MISSING, and as `openModel`; reach run. */
export async function openChosenModel(
  reference: ModelReference,
  options: OpenChosenModelOptions,
): Promise<ModelClient> {
  const { surroundings, clock, key: explicit, concurrency: connections } = options
  const { modelOptions, maxReplyMb } = options
  const { environment } = surroundings
  const folder = userFolder(surroundings)
  const { keyNeed: need, isKeyOptional } = reference
  const key = await findKey(folder, { explicit, need, environment, isOptional: isKeyOptional })
  const opened = { reference, key, environment, clock, connections, modelOptions }
  return openModel({ ...opened, maxReplyMb })
}
