import { resolve } from 'node:path'
import {
  type BatchOptions,
  parseBatchOptions,
  type ResolvedBatchOptions,
} from '../config/batch-options.js'
import { inputList } from '../config/input-name.js'
import type { ModelLimits } from '../config/limits-for.js'
import { isLoggingOff } from '../home/logging-switch.js'
import { type Home, openHome } from '../home/open-home.js'
import type { Surroundings } from '../host/surroundings.js'
import { systemClock } from '../host/system-clock.js'
import type { ModelReference } from '../model/catalog/model-reference.js'
import type { NewBatch } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'
import type { RowSource } from '../port/row-source.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { Plan } from '../run/plan.js'
import type { AnswerNaming } from '../sink/document/outcome-columns.js'
import { formOf } from '../source/check-form.js'
import { openInputs } from '../source/open-inputs.js'
import { checkDatabaseFolder } from '../store/check-database-folder.js'
import { batchToRecord } from './batch/batch-to-record.js'
import { chooseBatch } from './batch/choose-batch.js'
import { type Asked, askedOf } from './batch/recorded-config.js'
import { type ClosingStack, closingStack } from './closing-stack.js'
import { callsWithinFiles } from './model/calls-within-files.js'
import { checkResultFormat, chooseLineModel } from './model/choose-line-model.js'
import { type ChosenModel, chooseModel } from './model/choose-model.js'
import { choosePrice } from './model/choose-price.js'
import { planCostLimit } from './model/plan-cost-limit.js'
import { checkOutputPlace, chooseOutput, columnsCheck } from './output/choose-output.js'
import { nameAnswers } from './output/name-answers.js'
import { outputPath } from './output/output-path.js'
import { attachmentWarnings } from './prompt/choose-attachments.js'
import { choosePrompts } from './prompt/choose-prompts.js'
import { findTemplate } from './prompt/choose-templates.js'
import { renderBatchLine } from './prompt/render-batch-line.js'
import { renderRow } from './prompt/render-row.js'

/** A batch of which everything is decided and checked. Only its input is open. */
export interface PlannedBatch {
  readonly plan: Plan
  /** The recorded batch that the run continues; absent for a new one. */
  readonly recorded: StoredBatch | undefined
  /** The batch as this run records it. */
  readonly batch: NewBatch
  readonly asked: Asked
  readonly source: RowSource
  readonly model: ChosenModel
  readonly naming: AnswerNaming
  readonly options: ResolvedBatchOptions
  readonly home: Home
  readonly clock: Clock
  /** Closes the input, and whatever is opened after it. */
  readonly closing: ClosingStack
}

/** What a program gives itself, instead of naming it in options. */
export interface GivenParts {
  readonly model?: ModelReference | undefined
  /** Opens the rows, instead of the input that is named. */
  readonly openRows?: (() => Promise<RowSource>) | undefined
  /** Whether the caller's own stream takes the outcomes, so that standard output gets none. */
  readonly hasReader?: boolean | undefined
}

/**
 * Plans a batch: chooses the batch, the rows, the model, what is asked of each row and where the
 * answers go, and checks that all of it fits together. Needs no key and no network, and leaves
 * nothing behind.
 *
 * @throws {BatchError} reach run; what was opened by then is closed.
 */
export async function planBatch(
  given: BatchOptions,
  surroundings: Surroundings,
  { model: own, openRows, hasReader = false }: GivenParts = {},
): Promise<PlannedBatch> {
  const home = openHome(surroundings)
  const { clock = systemClock } = surroundings
  const { id, recorded, options: meant } = await chooseBatch(given, home, surroundings)
  const options = parseBatchOptions(meant, 'The options of the batch')
  const closing = closingStack()
  try {
    return await decide()
  } catch (error) {
    await closing.close()
    throw error
  }

  function openInput(): Promise<RowSource> {
    return openInputs({
      words: inputList(options.input),
      sourceColumn: options.sourceColumn,
      output: outputPath(options.output),
      stdin: surroundings.stdin,
      format: options.inputFormat,
      findsBatchLines: options.inputFormat === undefined && options.template === undefined,
      ...formOf(options),
    })
  }

  async function decide(): Promise<PlannedBatch> {
    const source = await (openRows?.() ?? openInput())
    closing.add(() => source.rows.destroy())
    const found = await findTemplate(home.folder, options.template)
    const isAskedWhole = source.format === 'openai-batch'
    const model = isAskedWhole
      ? await chooseLineModel(options, source.firstLine, home, own)
      : await chooseModel(options, found.saved, home, own)
    const { reference, limits } = model
    const price = await choosePrice(options, model, home, clock)
    if (options.database !== undefined) await checkDatabaseFolder(options.database)
    const databasePath = resolve(options.database ?? home.databasePath)
    await checkOutputPlace(options.output, databasePath, home)
    const around = { ...found, source, model, home, databasePath, recorded, clock }
    const { prompts, form, attachments, tools, fragments, ...chosen } = await choosePrompts(
      options,
      around,
    )
    if (attachments !== undefined) closing.add(attachments.close)
    if (tools !== undefined) closing.add(tools.close)
    const output = chooseOutput(options, surroundings, hasReader)
    checkResultFormat(options, source.format, output.format)
    const isLogged = options.log && !(await isLoggingOff(home.folder))
    const { warnings, ...callsAtOnce } = callsWithinFiles(limits.concurrency, reference)
    const { maxCostUsd } = options
    const capped = planCostLimit({ maxCostUsd, model, price, ...callsAtOnce })
    const naming = nameAnswers(options, form?.schema)
    const checkColumns = columnsCheck(source, output.format, naming)
    const pricedModel = price.kind === 'free' ? undefined : reference.apiName
    const plan: Plan = Object.freeze({
      batchId: id,
      inputPath: source.path,
      inputFiles: source.files,
      inputFormat: source.format,
      inputSheet: source.sheet,
      columns: source.columns,
      outputPath: output.path,
      outputFormat: output.format,
      databasePath,
      isLogged,
      modelId: reference.id,
      provider: reference.providerTitle,
      price,
      form,
      costLimit: capped.costLimit,
      attachments,
      tools,
      render: isAskedWhole
        ? renderBatchLine({ modelId: reference.id, pricedModel, checkColumns })
        : renderRow({ ...prompts, checkColumns }),
      ...callsAtOnce,
      sharedConcurrency: limits.sharedConcurrency,
      rateLimit: limits.rateLimit,
      tokenLimit: limits.tokenLimit,
      shareLimits: options.shareLimits,
      retries: options.retries,
      timeoutMs: options.timeoutMs,
      deadlineMs: options.deadlineMs,
      // A result line says that its answer was cut.
      acceptTruncated: options.acceptTruncated || output.format === 'openai-batch',
      stripThinking: options.stripThinking,
      limit: options.limit,
      order: options.order,
      onlyNew: options.onlyNew,
      isDeduping: options.dedupe,
      cacheAgeMs: options.cacheAgeMs ?? (options.cache ? Number.POSITIVE_INFINITY : undefined),
      stopOnError: options.stopOnError,
      failFast: options.failFast,
      warnings: [
        ...source.warnings,
        ...chosen.warnings,
        ...warnings,
        ...sharingWarnings(options, limits),
        ...attachmentWarnings(attachments, callsAtOnce.concurrency),
        ...capped.warnings,
      ],
    })
    const asked = askedOf(prompts)
    // The output of a resumed batch stays as it is, though the saved template changes.
    const settled = { ...options, extract: options.extract ?? found.saved?.extract }
    const batch = await batchToRecord({ plan, asked, options: settled, home, ...fragments })
    const decided = { plan, recorded, batch, asked, source, model, naming, options: settled }
    return { ...decided, home, clock, closing }
  }
}

/** What the provider states holds for all processes in any case. */
function sharingWarnings(
  { shareLimits }: ResolvedBatchOptions,
  { rateLimit, tokenLimit }: ModelLimits,
): readonly string[] {
  if (!shareLimits || rateLimit !== undefined || tokenLimit !== undefined) return []
  return ['--share-limits has nothing to share: neither --rate-limit nor --token-limit is set.']
}
