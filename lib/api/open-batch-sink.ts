import type { Writable } from 'node:stream'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import { BatchError } from '../error/batch-error.js'
import type { RowSink } from '../port/row-sink.js'
import type { RowSource } from '../port/row-source.js'
import type { Columns } from '../row/row.js'
import { openPartialSink } from '../sink/open-partial-sink.js'
import { openSink } from '../sink/open-sink.js'
import { checkColumnsFit, checkResponseFits } from '../sink/outcome-columns.js'
import type { DecidedBatch } from './decide-batch.js'
import { sharedSink } from './shared-sink.js'
import type { Surroundings } from './surroundings.js'

export interface OpenBatchSinkOptions {
  readonly decided: DecidedBatch
  readonly surroundings: Surroundings
  readonly opening: { readonly reader?: Writable }
  /** Whether the output of an earlier run is written anew. */
  readonly isResumed: boolean
}

/** The output of a batch: the file, the caller's reader, both, or standard output. @throws {BatchError} as `openSink`. */
export async function openBatchSink(
  options: ResolvedBatchOptions,
  { decided, surroundings, opening, isResumed }: OpenBatchSinkOptions,
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
    overwrite: options.overwrite,
    inputPath: source.path,
  }
  const sink =
    path !== undefined && isResumed
      ? await openPartialSink({ ...given, path })
      : await openSink({ ...given, path })
  closing.add(() => sink.close({ discard: true }))
  return opening.reader === undefined ? sink : sharedSink(sink, opening.reader)
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

function onlyNewNeedsPipe(): BatchError {
  return new BatchError('--only-new is for standard output: a file is always written whole', {
    code: 'OPTIONS_INVALID',
    reach: 'run',
    remedy: 'Leave out --only-new, or --output.',
  })
}
