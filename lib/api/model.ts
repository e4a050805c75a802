import type { AnswerFormOptions } from '../call/answer-form.js'
import type { CostLimit } from '../call/spend-cap.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { type Home, openHome } from '../home/open-home.js'
import type { Surroundings } from '../host/surroundings.js'
import { systemClock } from '../host/system-clock.js'
import type { ModelReference } from '../model/catalog/model-reference.js'
import { parseModelOptions } from '../model/catalog/parse-model-options.js'
import { type CallsAtOnce, callsWithinFiles } from '../plan/model/calls-within-files.js'
import { openModelClient } from '../plan/model/choose-model.js'
import { choosePrice } from '../plan/model/choose-price.js'
import { type PlanCostLimitOptions, planCostLimit } from '../plan/model/plan-cost-limit.js'
import {
  type AttachmentOptions,
  type ChosenAttachments,
  chooseAttachments,
} from '../plan/prompt/choose-attachments.js'
import { chooseSchema } from '../plan/prompt/choose-schema.js'
import {
  type ChosenTools,
  chooseTools,
  hasTools,
  type ToolOptions,
} from '../plan/prompt/choose-tools.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { ModelPrice } from '../pricing/model-price.js'
import type { JsonSchema } from '../row/json-schema.js'
import type { ModelOptions } from '../row/prompt.js'

/**
 * A model that can be asked, as `getModel` finds it or `defineModel` makes it. Holds neither a key
 * nor the environment, so it may be printed and logged.
 */
export interface Model {
  /** The name that the caller gave. */
  readonly name: string
  /** The model's id in llm. */
  readonly id: string
  /** Its checked options, by llm's names. */
  readonly options: ModelOptions
}

/** What a model is besides: for the functions of this room, never for its holder. */
export interface ModelParts {
  readonly reference: ModelReference
  readonly key: string | undefined
  /** The options that the caller gave. */
  readonly givenOptions: Readonly<Record<string, string | number | boolean>>
  readonly surroundings: Surroundings
  readonly home: Home
  readonly clock: Clock
  /** @throws {BatchError} MODEL_UNKNOWN for a price of a model that does not exist. */
  readonly findPrice: (prices?: ResolvedBatchOptions['prices']) => Promise<ModelPrice>
  /** @throws {BatchError} PRICE_UNKNOWN. */
  readonly limitCost: (
    limit: Pick<PlanCostLimitOptions, 'maxCostUsd' | 'price' | 'concurrency'>,
  ) => CostLimit | undefined
  /** @throws {BatchError} SCHEMA_INVALID, OPTIONS_INVALID. */
  readonly findForm: (
    given: Pick<ResolvedBatchOptions, 'schema' | 'schemaMulti' | 'tools' | 'mcp'>,
  ) => Promise<AnswerFormOptions | undefined>
  /** Close them after use. @throws {BatchError} ATTACHMENT_NOT_FOUND, ATTACHMENT_INVALID. */
  readonly findAttachments: (
    given: Omit<AttachmentOptions, 'attachmentColumn'>,
  ) => Promise<ChosenAttachments | undefined>
  /** Close them after use. @throws {BatchError} TOOL_UNKNOWN, TOOL_INVALID, MODEL_UNUSABLE. */
  readonly findTools: (given: ToolOptions) => Promise<ChosenTools | undefined>
  readonly callsFor: (concurrency: number | 'auto') => CallsAtOnce
  /** Opens a client for that many calls at once. Close the client after use. */
  readonly open: (connections: number, schema?: JsonSchema) => Promise<ModelClient>
}

export interface MakeModelOptions
  extends Pick<ModelParts, 'reference' | 'key' | 'givenOptions' | 'surroundings'> {
  readonly name: string
}

/** Kept apart from the models, so that no print of a model shows a key or the environment. */
const partsOfModels = new WeakMap<Model, ModelParts>()

/** @throws {BatchError} MODEL_OPTION_INVALID; reach run. */
export function makeModel(options: MakeModelOptions): Model {
  const { name, reference, key, givenOptions, surroundings } = options
  const home = openHome(surroundings)
  const modelOptions = parseModelOptions(reference, givenOptions)
  const clock: Clock = surroundings.clock ?? systemClock
  const { folder, databasePath } = home
  const chosen = { reference, modelOptions }
  const model: Model = Object.freeze({ name, id: reference.id, options: modelOptions })
  partsOfModels.set(model, {
    ...{ reference, key, givenOptions, surroundings, home, clock },
    findPrice: (prices = {}) => choosePrice({ prices }, chosen, home, clock),
    limitCost: limit => planCostLimit({ ...limit, model: chosen }).costLimit,
    findForm: form =>
      chooseSchema(form, {
        ...{ folder, databasePath, saved: undefined, reference, clock },
        hasTools: hasTools(form, undefined),
      }),
    findTools: given =>
      chooseTools(given, {
        ...{ saved: undefined, reference, isAskedWhole: false, clock },
        environment: surroundings.environment,
      }),
    findAttachments: given =>
      chooseAttachments(
        { ...given, attachmentColumn: undefined },
        { saved: undefined, reference, environment: surroundings.environment, clock },
      ),
    callsFor: concurrency => callsWithinFiles(concurrency, reference),
    open: (concurrency, schema) =>
      openModelClient(chosen, home, { clock, key, concurrency, schema }),
  })
  return model
}

/** @throws {BatchError} OPTIONS_INVALID, reach run, for a model that `makeModel` did not make. */
export function partsOf(model: Model): ModelParts {
  const parts = partsOfModels.get(model)
  if (parts === undefined) throw noModel(model)
  return parts
}

function noModel(found: unknown): BatchError {
  const kind = found === null ? 'null' : `a value of the type ${typeof found}`
  const what = found instanceof Promise ? 'a promise' : kind
  return runError(
    'OPTIONS_INVALID',
    `The model is ${what}, which neither getModel nor defineModel has made`,
    'Give what `await getModel(NAME)` or `defineModel({ id, ask })` returns.',
  )
}
