import { resolve } from 'node:path'
import {
  type BatchOptions,
  parseBatchOptions,
  type ResolvedBatchOptions,
} from '../config/batch-options.js'
import type { ModelLimits } from '../config/limits-for.js'
import { isLoggingOff } from '../home/logging-switch.js'
import { type Home, openHome } from '../home/open-home.js'
import { hasStoredKey } from '../home/stored-keys.js'
import type { Surroundings } from '../host/surroundings.js'
import { systemClock } from '../host/system-clock.js'
import { checkSystemPrompt } from '../model/catalog/check-system-prompt.js'
import { messageFault } from '../model/catalog/message-fault.js'
import type { NewBatch } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'
import type { RowSource } from '../port/row-source.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { Message } from '../row/message.js'
import type { Plan } from '../run/plan.js'
import type { AnswerNaming } from '../sink/document/outcome-columns.js'
import { formOf } from '../source/check-form.js'
import { openSource } from '../source/open-source.js'
import { promptHash } from '../template/prompt-hash.js'
import {
  attachmentWarnings,
  chooseAttachments,
  recordedAttachments,
} from './attachment/choose-attachments.js'
import { callsWithinFiles } from './calls-within-files.js'
import { chooseBatch } from './choose-batch.js'
import { checkResultFormat, chooseLineModel } from './choose-line-model.js'
import { type ChosenModel, chooseModel } from './choose-model.js'
import { checkOutputPlace, chooseOutput, columnsCheck } from './choose-output.js'
import { choosePrice } from './choose-price.js'
import { chooseSchema } from './choose-schema.js'
import {
  chooseTemplates,
  findTemplate,
  lineTemplates,
  templateWarnings,
} from './choose-templates.js'
import { type ClosingStack, closingStack } from './closing-stack.js'
import { planCostLimit } from './cost/plan-cost-limit.js'
import { type ReadFragments, readFragments, recordedNames } from './fragments/read-fragments.js'
import { nameAnswers } from './name-answers.js'
import { type Asked, askedOf, recordedConfig } from './recorded-config.js'
import { renderBatchLine } from './render/render-batch-line.js'
import { renderRow } from './render/render-row.js'

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

/**
 * Plans a batch: chooses the batch, the rows, the model, what is asked of each row and where the
 * answers go, and checks that all of it fits together. Needs no key and no network, and leaves
 * nothing behind.
 *
 * @param hasReader whether the caller's own stream takes the outcomes, so that nothing goes to
 * standard output.
 * @throws {BatchError} reach run; what was opened by then is closed.
 */
export async function planBatch(
  given: BatchOptions,
  surroundings: Surroundings,
  hasReader: boolean,
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

  async function decide(): Promise<PlannedBatch> {
    const source = await openSource({
      path: options.input,
      stdin: surroundings.stdin,
      format: options.inputFormat,
      findsBatchLines: options.inputFormat === undefined && options.template === undefined,
      ...formOf(options),
    })
    closing.add(() => source.rows.destroy())
    const { text: template, saved } = await findTemplate(home.folder, options.template)
    const isAskedWhole = source.format === 'openai-batch'
    const model = isAskedWhole
      ? await chooseLineModel(options, source.firstLine, home)
      : await chooseModel(options, saved, home)
    const { reference, modelOptions, limits } = model
    const price = await choosePrice(options, model, home, clock)
    // The system prompt of each row, as far as it is known before any row is.
    const { columns, isColumnsFixed } = source
    const { system, params, literalBraces } = options
    checkSystemPrompt(reference, system ?? saved?.system)
    const hasFragments = options.fragments.length > 0
    const input = { columns, isColumnsFixed, hasFragments, literalBraces }
    const chosen = isAskedWhole
      ? lineTemplates
      : chooseTemplates({ template, system, saved, params, ...input })
    const templates = {
      ...chosen,
      fragments: [...chosen.fragments, ...options.fragments],
      systemFragments: [...chosen.systemFragments, ...options.systemFragments],
    }
    checkSystemPrompt(reference, templates.systemFragments[0])
    const databasePath = resolve(options.database ?? home.databasePath)
    await checkOutputPlace(options.output, databasePath, home)
    const looked = { path: databasePath, clock, environment: home.environment, recorded }
    const { fetched, ...fragments } = await readFragments(templates, looked)
    const { folder } = home
    const form = await chooseSchema(options, { folder, databasePath, saved, reference, clock })
    const output = chooseOutput(options, surroundings, hasReader)
    checkResultFormat(options, source.format, output.format)
    const isLogged = options.log && !(await isLoggingOff(home.folder))
    const { warnings, ...callsAtOnce } = callsWithinFiles(limits.concurrency, reference)
    const { maxCostUsd } = options
    const capped = planCostLimit({ maxCostUsd, model, price, ...callsAtOnce })

    const { schema } = form ?? {}
    const hashOf = promptHash({ model: reference.id, options: modelOptions, schema })
    const rows = { source, hashOf }
    const around = { saved, reference, rows, environment: home.environment, clock }
    const attachments = await chooseAttachments(options, around)
    if (attachments !== undefined) closing.add(attachments.close)
    const ofRows = { attachments: attachments?.shared, attachmentColumn: attachments?.column }
    const ofModel = { modelId: reference.id, modelOptions, schema }
    const prompts = { ...templates, ...fragments, params, ...ofRows, ...ofModel }
    const pricedModel = price.kind === 'free' ? undefined : reference.apiName
    const faultOfMessages = (messages: readonly Message[]) =>
      messageFault(reference, modelOptions, messages)
    const naming = nameAnswers(options, schema)
    const checkColumns = columnsCheck(source, output.format, naming)
    const plan: Plan = Object.freeze({
      batchId: id,
      inputPath: source.path,
      inputFormat: source.format,
      columns,
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
      render: isAskedWhole
        ? renderBatchLine({ modelId: reference.id, pricedModel, checkColumns })
        : renderRow({ ...prompts, faultOfMessages, checkColumns, allowEmpty: options.allowEmpty }),
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
        ...templateWarnings(templates, columns),
        ...warnings,
        ...sharingWarnings(options, limits),
        ...attachmentWarnings(attachments, callsAtOnce.concurrency),
        ...capped.warnings,
      ],
    })
    const asked = askedOf(prompts)
    // The output of a resumed batch stays as it is, though the saved template changes.
    const extract = options.extract ?? saved?.extract
    const settled = { ...options, extract }
    const batch = await batchOf(plan, asked, settled, { home, ...fragments, fetched })
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

/**
 * The batch as it is recorded: all that is needed to resume it, in absolute paths, and never a key.
 */
async function batchOf(
  plan: Plan,
  asked: Asked,
  options: ResolvedBatchOptions,
  { home, fetched, fragments, systemFragments }: ReadFragments & { readonly home: Home },
): Promise<NewBatch> {
  const { batchId: id, inputPath, modelId: model, isLogged } = plan
  const { rateLimit, tokenLimit } = plan
  const isAuto = options.concurrency === 'auto' || plan.isConcurrencyAuto
  const { key, database } = options
  const output = options.output === undefined ? undefined : resolve(options.output)
  const config = recordedConfig(options, asked, {
    input: inputPath,
    output,
    model,
    // The number found belongs to one run.
    concurrency: isAuto ? 'auto' : plan.concurrency,
    rateLimit,
    tokenLimit,
    log: isLogged,
    schema: plan.form?.schema,
    schemaMulti: undefined,
    key: key !== undefined && (await hasStoredKey(home.folder, key)) ? key : undefined,
    attachments: recordedAttachments(options.attachments),
    database: database === undefined ? undefined : plan.databasePath,
    fragments: recordedNames(options.fragments, fragments),
    systemFragments: recordedNames(options.systemFragments, systemFragments),
    fetched,
  })
  return { id, inputFile: inputPath, outputFile: output, model, config }
}
