import { tmpdir } from 'node:os'
import type { BatchOptions } from '../config/batch-options.js'
import { inputList } from '../config/input-name.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import type { StoredBatch } from '../port/stored-batch.js'
import { promptCount } from '../pricing/count-prompt.js'
import { loadTokenizer } from '../pricing/load-tokenizer.js'
import { type TokenFamily, tokenFamily } from '../pricing/token-family.js'
import type { Prompt } from '../row/prompt.js'
import type { Batch, Plan } from '../run/plan.js'
import type { BatchSummary } from '../run/progress.js'
import { type SpooledInput, spoolInput } from '../source/spool-input.js'
import { openBatchArchive } from '../store/open-batch-archive.js'
import { openUsageRecord } from '../store/open-usage-record.js'
import type { ToolWatch } from '../tool/watch-tool-calls.js'
import { type CostEstimate, costEstimate } from './estimate/cost-estimate.js'
import { type CountInputOptions, countInput, type InputCount } from './estimate/count-input.js'
import { type Evidence, familyTokens, readEvidence } from './estimate/read-evidence.js'
import { recordedHashes } from './estimate/recorded-hashes.js'
import { type SampleUsage, sampleOutcomes } from './estimate/sample-outcomes.js'
import { forgottenBatch } from './forgotten-batch.js'
import { openBatch } from './open-batch.js'
import { type PlannedBatch, planBatch } from './plan-batch.js'
import { checkPlanned } from './rehearse-batch.js'

export interface EstimateBatchOptions {
  /** Rows that are really asked, and recorded as a part of the batch; 0 if absent. */
  readonly sampleRows?: number | undefined
  /** Whether `open` may be called; true if absent. If not, standard input is not kept. */
  readonly mayRun?: boolean | undefined
  /** Ends the counting. The sample has its own `stop`. */
  readonly signal?: AbortSignal | undefined
  /** Called before the sample is asked. The returned function is called after. */
  readonly onSample?: ((sample: Batch) => () => void) | undefined
  /** Sees the calls of tools, of the sample too. */
  readonly toolWatch?: ToolWatch | undefined
}

/** A batch that is estimated, and may be run. */
export interface Estimation {
  readonly estimate: CostEstimate
  readonly plan: Plan
  /** The recorded batch that a run would continue; absent for a new one. */
  readonly before: StoredBatch | undefined
  /** How the run of the sample ended. Its rows are recorded, and its batch is paused. */
  readonly sampled: BatchSummary | undefined
  /** Opens the batch. Sampled rows are recalled. To be called once. */
  readonly open: () => Promise<Batch>
  /** Gives the disk back that keeps standard input. */
  readonly close: () => Promise<void>
}

/** What the first reading of the input tells. */
interface Counted {
  readonly plan: Plan
  readonly before: StoredBatch | undefined
  readonly count: InputCount
  readonly family: TokenFamily
  readonly evidence: Evidence
  readonly countPrompt: (prompt: Prompt) => number
  readonly maxTokens: number | undefined
}

/**
 * Estimates what a batch would use, cost and take. Plans the batch as `openBatch` does, reads its
 * input to the end, and counts. Asks nothing except the sample, needs no key except for the
 * sample, and leaves nothing behind.
 *
 * @throws {BatchError} reach run: as `openBatch`; USAGE_INVALID for a sample of more rows than
 * would be asked.
 * @example
 *     const template = 'Rate: {review_text}'
 *     const estimation = await estimateBatch({ input: 'reviews.csv', template, model: 'echo' })
 *     const { cost } = estimation.estimate
 *     if (cost.usd !== undefined && cost.usd < 5) await (await estimation.open()).run()
 *     await estimation.close()
 */
export async function estimateBatch(
  given: BatchOptions,
  surroundings: Surroundings = thisProcess(),
  options: EstimateBatchOptions = {},
): Promise<Estimation> {
  const { sampleRows = 0, mayRun = true, signal, onSample, toolWatch } = options
  const isKept = inputList(given.input).includes('-') && (mayRun || sampleRows > 0)
  const spool = isKept ? await spoolInput(surroundings.stdin, tmpdir()) : undefined
  const around = spool === undefined ? surroundings : readingSpool(surroundings, spool)
  const close = async () => spool?.close()
  try {
    const counted = await countPlanned(given, around, { sampleRows, signal })
    if (sampleRows > counted.count.askedRows) throw sampleTooLarge(sampleRows, counted.count)
    const sample = sampleRows === 0 ? undefined : await askSample(counted)
    const estimate = costEstimate({ ...counted, sample: sample?.usage })
    const { plan, before } = counted
    // The batch has the sample, so the run continues the batch.
    const resumed = { ...given, restart: false, resume: true, batchId: sample?.summary.batchId }
    const meant = sample === undefined ? given : resumed
    const open = () => openBatch(meant, around, { toolWatch })
    return { estimate, plan, before, sampled: sample?.summary, open, close }
  } catch (error) {
    await close()
    throw error
  }

  async function askSample(
    counted: Counted,
  ): Promise<{ summary: BatchSummary; usage: SampleUsage }> {
    const { count, countPrompt } = counted
    const { reader, usage } = sampleOutcomes(countPrompt)
    const rowsTotal = count.askedRows + count.failingRows + count.recordedRows
    const sample = { indices: count.sample, rowsTotal, reader }
    const batch = await openBatch(given, around, { sample, toolWatch })
    const onEnd = onSample?.(batch)
    try {
      const summary = await batch.run()
      // Only the estimate reads the outcomes.
      return { summary: { ...summary, output: 'none' }, usage: usage() }
    } finally {
      onEnd?.()
      await batch.close()
    }
  }
}

/** Each plan opens standard input once: it gets a reader of its own. */
function readingSpool(surroundings: Surroundings, spool: SpooledInput): Surroundings {
  return Object.defineProperty({ ...surroundings }, 'stdin', { get: spool.open })
}

async function countPlanned(
  given: BatchOptions,
  surroundings: Surroundings,
  { sampleRows, signal }: Pick<CountInputOptions, 'sampleRows' | 'signal'>,
): Promise<Counted> {
  const planned = await planBatch(given, surroundings)
  const { plan, recorded, asked, source, model, clock, closing } = planned
  try {
    const isForgotten = (await forgottenBatch(planned)) !== undefined
    if (!isForgotten) await checkPlanned(planned, surroundings)
    const { reference, modelOptions } = model
    const family = tokenFamily(`${reference.id} ${reference.apiName}`)
    const countTokens = await loadTokenizer(family.encoding)
    const isBareText = reference.wire === 'openai-completion'
    const countPrompt = promptCount({ family, countTokens, isBareText })
    await takeInJournals(planned, surroundings)
    const record = await openUsageRecord({ path: plan.databasePath, clock })
    closing.add(record.close)
    const hashes = recorded && (await recordedHashes(record.answeredHashes(recorded.id)))
    const isRecorded = ({ hash }: Prompt) => isForgotten || hashes?.take(hash) === true
    const count = await countInput({
      ...{ plan, source, countPrompt, isRecorded, sampleRows, signal },
    })
    const evidence = await readEvidence({
      ...{ record, modelId: plan.modelId, asked, family, countPrompt },
    })
    const limit = modelOptions.max_tokens ?? modelOptions.max_output_tokens
    return {
      ...{ plan, before: recorded, count, family, evidence },
      countPrompt: prompt => familyTokens(family, countPrompt(prompt)),
      maxTokens: typeof limit === 'number' ? limit : undefined,
    }
  } finally {
    await closing.close()
  }
}

/** Answers that a killed run has left in its journals are recorded too: to look takes them in. */
async function takeInJournals(
  { plan, recorded, clock }: PlannedBatch,
  { processId, identifyProcess }: Surroundings,
): Promise<void> {
  if (recorded === undefined) return
  const path = plan.databasePath
  const archive = await openBatchArchive({ path, clock, processId, identifyProcess })
  try {
    await archive.findBatch(recorded.id)
  } finally {
    await archive.close()
  }
}

function sampleTooLarge(asked: number, { askedRows }: InputCount): BatchError {
  const rows = askedRows === 1 ? '1 row' : `${askedRows} rows`
  return runError(
    'USAGE_INVALID',
    `--sample ${asked} asks for more rows than there are: ${rows} would be asked`,
    askedRows === 0 ? 'Leave out --sample.' : `Give --sample ${askedRows} or less.`,
  )
}
