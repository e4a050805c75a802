import type { Writable } from 'node:stream'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import { isSamePath } from '../disk/resolve-links.js'
import { type BatchError, runError } from '../error/batch-error.js'
import type { Surroundings } from '../host/surroundings.js'
import type { HeldBatch } from '../port/batch-store.js'
import type { RowSink } from '../port/row-sink.js'
import type { RowSource } from '../port/row-source.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { Columns } from '../row/row.js'
import { checkColumnsFit, checkResponseFits } from '../sink/document/outcome-columns.js'
import { openPartialSink } from '../sink/open-partial-sink.js'
import { openSink } from '../sink/open-sink.js'
import type { DecidedBatch } from './decide-batch.js'
import { isThere } from './is-there.js'
import { sharedSink } from './shared-sink.js'

export interface OpenBatchSinkOptions {
  readonly decided: DecidedBatch
  readonly surroundings: Surroundings
  readonly opening: { readonly reader?: Writable }
  /** The batch, as it was before, whose output is written anew; absent for a new one. */
  readonly resumed?: StoredBatch | undefined
  /** Absent where the output is only looked at. */
  readonly held?: Pick<HeldBatch, 'confirm'> | undefined
  /** Others that have written to the same output. */
  readonly others?: readonly StoredBatch[]
}

/** The output of a batch: the file, the caller's reader, both, or standard output. @throws {BatchError} as `openSink`. */
export async function openBatchSink(
  options: ResolvedBatchOptions,
  { decided, surroundings, opening, resumed, held, others = [] }: OpenBatchSinkOptions,
): Promise<RowSink> {
  const { source, closing } = decided
  const { onlyNew } = options
  const path = isStandardOutput(options.output) ? undefined : options.output
  if (onlyNew && path !== undefined) throw onlyNewNeedsPipe()
  if (path === undefined && opening.reader !== undefined)
    return sharedSink(undefined, opening.reader)
  const given = {
    stdout: surroundings.stdout,
    isTerminal: surroundings.isTerminalOutput,
    format: options.format,
    defaultFormat: options.defaults.format,
    columns: source.columns,
    responseColumn: options.responseColumn,
    formulaGuard: options.formulaGuard,
    overwrite: options.overwrite,
    inputPath: source.path,
    confirm: held?.confirm,
  }
  if (path !== undefined && resumed !== undefined && !options.overwrite) {
    await checkNotTaken(path, { resumed, others })
  }
  const sink =
    path !== undefined && resumed !== undefined
      ? await openPartialSink({ ...given, path, ...(await replacing(resumed, path, options)) })
      : await openSink({ ...given, path })
  closing.add(() => sink.close({ discard: true }))
  return opening.reader === undefined ? sink : sharedSink(sink, opening.reader)
}

/** A batch may replace its own output unasked, and nobody else's. */
async function replacing(resumed: StoredBatch, path: string, { overwrite }: ResolvedBatchOptions) {
  const isOwn = await isOutputOf(resumed, path)
  const isTorn = isOwn && resumed.isProcessGone
  return { batchId: resumed.id, overwrite: overwrite || isOwn, isTorn }
}

/** What another batch has written there since this one did is not this one's to replace. */
async function checkNotTaken(
  path: string,
  given: { readonly resumed: StoredBatch; readonly others: readonly StoredBatch[] },
): Promise<void> {
  const { resumed, others } = given
  const later = others.find(
    ({ updatedAtMs, completedPrompts, failedPrompts }) =>
      updatedAtMs > resumed.updatedAtMs && completedPrompts + failedPrompts > 0,
  )
  if (later !== undefined && (await isThere(path))) throw outputTaken(path, later.id)
}

/** Whether a batch, as it is recorded, writes to a path, by this name or another. */
export async function isOutputOf(
  batch: StoredBatch | undefined,
  path: string | undefined,
): Promise<boolean> {
  const own = batch?.outputFile
  return path !== undefined && own !== undefined && (await isSamePath(own, path))
}

/** Opened by its name, it would be the file that a shell sends it to, and be replaced instead of written on. */
function isStandardOutput(path: string | undefined): boolean {
  return path !== undefined && /^\/(dev\/(stdout|fd\/1)|proc\/self\/fd\/1)$/.test(path)
}

/**
 * What a row must be like to be written: a table has the columns that its header names, and the answer's own column
 * must be free. Undefined where the header alone proves it.
 */
export function columnsCheck(
  { isColumnsFixed, columns }: RowSource,
  {
    format,
    responseColumn,
  }: { readonly format: RowSink['format']; readonly responseColumn: string },
): ((columns: Columns) => void) | undefined {
  if (isColumnsFixed) return undefined
  const isTable = format === 'csv' || format === 'tsv'
  return isTable ? checkColumnsFit(columns) : checkResponseFits(responseColumn)
}

function outputTaken(path: string, id: string): BatchError {
  return runError(
    'OUTPUT_EXISTS',
    `${path} holds the answers of batch ${id} by now`,
    'Replace them with --overwrite, or name another file with --output.',
  )
}

function onlyNewNeedsPipe(): BatchError {
  return runError(
    'OPTIONS_INVALID',
    '--only-new is for standard output: a file is always written whole',
    'Leave out --only-new, or --output.',
  )
}
