import { access } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { isSamePath } from '../disk/resolve-links.js'
import { type BatchError, runError } from '../error/batch-error.js'
import type { HeldBatch } from '../port/batch-store.js'
import type { RowSink } from '../port/row-sink.js'
import type { StoredBatch } from '../port/stored-batch.js'
import { openReplacingSink } from '../sink/open-replacing-sink.js'
import { openSink } from '../sink/open-sink.js'
import { sharedSink } from '../sink/shared-sink.js'
import type { PlannedBatch } from './plan-batch.js'

export interface OpenBatchOutputOptions {
  readonly stdout: Writable
  /** The caller's stream, which takes the outcomes as well. */
  readonly reader?: Writable | undefined
  /** Whether an existing output may be replaced. */
  readonly overwrite: boolean
  /** Absent where the output is only looked at. */
  readonly held?: Pick<HeldBatch, 'before' | 'confirm'>
  /** Other batches that have written to the same output. */
  readonly others?: readonly StoredBatch[]
}

/**
 * The output of a batch: a file, the caller's reader, both, or standard output.
 *
 * @throws {BatchError} as `openSink`.
 */
export async function openBatchOutput(
  { plan, naming, options, closing }: PlannedBatch,
  { stdout, reader, overwrite, held, others = [] }: OpenBatchOutputOptions,
): Promise<RowSink> {
  const { outputFormat: format, columns, inputFiles } = plan
  // As the caller wrote it: messages name the path so.
  const path = plan.outputPath === undefined ? undefined : options.output
  if (path === undefined && reader !== undefined) return sharedSink(undefined, reader)
  const { formulaGuard, extract, excel, bom = excel, crlf = excel } = options
  const document = { format, columns, ...naming, formulaGuard, extract, bom, crlf }
  const place = { path, stdout, isTerminal: false, inputFiles, confirm: held?.confirm }
  const resumed = held?.before
  const sink =
    path === undefined || resumed === undefined
      ? await openSink({ ...document, ...place, overwrite })
      : await openAgain(path, resumed)
  closing.add(() => sink.close({ discard: true }))
  return reader === undefined ? sink : sharedSink(sink, reader)

  /** A batch may replace its own output unasked, unless another batch has written there since. */
  async function openAgain(path: string, resumed: StoredBatch): Promise<RowSink> {
    const isOwn = await isOutputOf(resumed, path)
    const later = others.find(
      ({ updatedAtMs, completedPrompts, failedPrompts }) =>
        updatedAtMs > resumed.updatedAtMs && completedPrompts + failedPrompts > 0,
    )
    if (later !== undefined && !overwrite && (await pathExists(path))) {
      throw outputTaken(path, later.id)
    }
    return openReplacingSink({
      ...document,
      ...place,
      path,
      overwrite: overwrite || isOwn,
      batchId: resumed.id,
      isTorn: isOwn && resumed.isProcessGone,
    })
  }
}

/** Whether a batch, as it is recorded, writes to a path, by this name or another. */
export async function isOutputOf(
  batch: Pick<StoredBatch, 'outputFile'> | undefined,
  path: string | undefined,
): Promise<boolean> {
  const own = batch?.outputFile
  return path !== undefined && own !== undefined && (await isSamePath(own, path))
}

function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function outputTaken(path: string, id: string): BatchError {
  return runError(
    'OUTPUT_EXISTS',
    `${path} now holds the answers of batch ${id}`,
    'Replace them with --overwrite, or name another file with --output.',
  )
}
