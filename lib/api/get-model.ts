import type { AnswerFormOptions } from '../call/answer-form.js'
import type { CostLimit } from '../call/spend-cap.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import { openHome } from '../home/open-home.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import { systemClock } from '../host/system-clock.js'
import { parseModelOptions } from '../model/catalog/parse-model-options.js'
import { type CallsAtOnce, callsWithinFiles } from '../plan/model/calls-within-files.js'
import { findModel, openModelClient } from '../plan/model/choose-model.js'
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

export interface GetModelOptions {
  /** Name of a stored key, or a key. If absent, found as llm finds it. */
  readonly key?: string | undefined
  /** Options of the model by llm's names, such as `{ temperature: 0.2 }`. */
  readonly options?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly surroundings?: Surroundings | undefined
}

/** A model by name, with its key found and its options checked. */
export interface Model {
  /** The name that the caller gave. */
  readonly name: string
  /** The model's id in llm. */
  readonly id: string
  readonly key: string | undefined
  readonly options: ModelOptions
  /** The options that the caller gave. */
  readonly givenOptions: Readonly<Record<string, string | number | boolean>>
  readonly surroundings: Surroundings
  /**
   * Finds what the model costs.
   *
   * @param prices stated prices by model id or alias, which come before the price list.
   * @throws {BatchError} MODEL_UNKNOWN for a price of a model that does not exist.
   */
  readonly findPrice: (prices?: ResolvedBatchOptions['prices']) => Promise<ModelPrice>
  /**
   * Limits what calls may cost in all; undefined for a model that costs nothing.
   *
   * @throws {BatchError} PRICE_UNKNOWN.
   */
  readonly limitCost: (
    limit: Pick<PlanCostLimitOptions, 'maxCostUsd' | 'price' | 'concurrency'>,
  ) => CostLimit | undefined
  /**
   * Finds and checks the form that answers must have; undefined if none is given.
   *
   * @throws {BatchError} SCHEMA_INVALID, OPTIONS_INVALID.
   */
  readonly findForm: (
    given: Pick<ResolvedBatchOptions, 'schema' | 'schemaMulti' | 'tools' | 'mcp'>,
  ) => Promise<AnswerFormOptions | undefined>
  /**
   * Finds the attachments of every prompt; undefined if there are none. Close them after use.
   *
   * @throws {BatchError} ATTACHMENT_NOT_FOUND, ATTACHMENT_INVALID.
   */
  readonly findAttachments: (
    given: Omit<AttachmentOptions, 'attachmentColumn'>,
  ) => Promise<ChosenAttachments | undefined>
  /**
   * Opens the tools that the model may call; undefined if there are none. Close them after use.
   *
   * @throws {BatchError} TOOL_UNKNOWN, TOOL_INVALID, MODEL_UNUSABLE.
   */
  readonly findTools: (given: ToolOptions) => Promise<ChosenTools | undefined>
  /** How many calls may be in flight at once, with what `auto` means for this model. */
  readonly callsFor: (concurrency: number | 'auto') => CallsAtOnce
  /** Opens a client for that many calls at once. Close the client after use. */
  readonly open: (connections: number, schema?: JsonSchema) => Promise<ModelClient>
}

/**
 * Finds a model by id, alias or `provider/name`, as `--model` does.
 *
 * @throws {BatchError} MODEL_UNKNOWN, MODEL_OPTION_INVALID, KEY_MISSING; reach run.
 */
export async function getModel(name: string, given: GetModelOptions = {}): Promise<Model> {
  const { key, surroundings = thisProcess() } = given
  const home = openHome(surroundings)
  const reference = await findModel(name, home)
  const givenOptions = given.options ?? {}
  const modelOptions = parseModelOptions(reference, givenOptions)
  const clock: Clock = surroundings.clock ?? systemClock
  const callsFor = (concurrency: number | 'auto') => callsWithinFiles(concurrency, reference)
  const open = (concurrency: number, schema?: JsonSchema): Promise<ModelClient> =>
    openModelClient({ reference, modelOptions }, home, { clock, key, concurrency, schema })
  const { folder, databasePath } = home
  // A missing key is reported now, not at the first prompt.
  await (await open(1)).close()
  return Object.freeze({
    name,
    id: reference.id,
    key,
    options: modelOptions,
    givenOptions,
    surroundings,
    findPrice: (prices = {}) => choosePrice({ prices }, { reference, modelOptions }, home, clock),
    limitCost: (limit: Pick<PlanCostLimitOptions, 'maxCostUsd' | 'price' | 'concurrency'>) =>
      planCostLimit({ ...limit, model: { reference, modelOptions } }).costLimit,
    findForm: (form: Pick<ResolvedBatchOptions, 'schema' | 'schemaMulti' | 'tools' | 'mcp'>) =>
      chooseSchema(form, {
        ...{ folder, databasePath, saved: undefined, reference, clock },
        hasTools: hasTools(form, undefined),
      }),
    findTools: (options: ToolOptions) =>
      chooseTools(options, {
        ...{ saved: undefined, reference, isAskedWhole: false, clock },
        environment: surroundings.environment,
      }),
    findAttachments: (options: Omit<AttachmentOptions, 'attachmentColumn'>) =>
      chooseAttachments(
        { ...options, attachmentColumn: undefined },
        { saved: undefined, reference, environment: surroundings.environment, clock },
      ),
    callsFor,
    open,
  })
}
