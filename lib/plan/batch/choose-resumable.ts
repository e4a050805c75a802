import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { standardOutput } from '../output/output-path.js'

export interface ChooseResumableOptions {
  /** All batches there are, newest first. */
  readonly batches: readonly StoredBatch[]
  /** The id that the caller gave. */
  readonly batchId?: string | undefined
  /** Absolute path, or `-`. */
  readonly inputFile: string
  /** Absolute path of the output that the caller gave, or `-`; absent if none. */
  readonly outputFile?: string | undefined
}

/**
 * The batch that `--resume` means: the batch with the id, else the newest unfinished batch of the
 * input (and of the output, if given), else the newest completed batch.
 *
 * @throws {BatchError} BATCH_UNKNOWN with the candidates, BATCH_AMBIGUOUS if unfinished batches
 * differ; reach run.
 */
export function chooseResumable(options: ChooseResumableOptions): StoredBatch {
  const { batches, batchId, inputFile } = options
  if (batchId !== undefined) {
    const named = batches.find(({ id }) => id === batchId)
    if (named === undefined) throw batchUnknown(batchId, batches)
    return named
  }
  const candidates = candidatesOf(options)
  const unfinished = candidates.filter(({ status }) => status !== 'completed')
  const [newest = candidates[0], ...older] = unfinished
  if (newest === undefined) throw nothingToResume(inputFile, batches)
  if (older.some(other => !isSameWork(newest, other))) throw batchAmbiguous(inputFile, unfinished)
  return newest
}

/** Batches of the input, and of the output if one is given. */
export function candidatesOf(options: ChooseResumableOptions): readonly StoredBatch[] {
  const { batches, inputFile, outputFile } = options
  return batches.filter(
    batch =>
      batch.inputFile === inputFile &&
      (outputFile === undefined || (batch.outputFile ?? standardOutput) === outputFile),
  )
}

function isSameWork(one: StoredBatch, other: StoredBatch): boolean {
  return one.outputFile === other.outputFile && one.model === other.model
}

/** No batch has that id. */
export function batchUnknown(id: string, batches: readonly { readonly id: string }[]): BatchError {
  const ids = batches.map(batch => batch.id)
  const near = nearest(id, ids)
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See `llm batch list`.'
  return runError('BATCH_UNKNOWN', `Unknown batch: ${id}`, hint)
}

function nothingToResume(inputFile: string, batches: readonly StoredBatch[]): BatchError {
  const others = batches.slice(0, 5).map(lineOf).join('; ')
  return runError(
    'BATCH_UNKNOWN',
    `Nothing to resume: no batch of ${inputFile} is recorded`,
    `Run without --resume to start one.${others && ` Recorded batches: ${others}.`}`,
  )
}

function batchAmbiguous(inputFile: string, candidates: readonly StoredBatch[]): BatchError {
  return runError(
    'BATCH_AMBIGUOUS',
    `Several unfinished batches of ${inputFile} differ`,
    `Name one with --batch-id: ${candidates.slice(0, 5).map(lineOf).join('; ')}.`,
  )
}

function lineOf({ id, status, model, outputFile, inputFile }: StoredBatch): string {
  return `${id} (${status}, ${model}, ${inputFile} to ${outputFile ?? 'standard output'})`
}
