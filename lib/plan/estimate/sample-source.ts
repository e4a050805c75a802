import { Readable } from 'node:stream'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { RowSource } from '../../port/row-source.js'
import type { SourceRecord } from '../../row/outcome.js'

/**
 * A source that gives only the rows of a sample. It ends after the last, and reads no further.
 *
 * Its size is not told: what is read of the file tells nothing about the sample.
 *
 * @param indices of the rows, in order.
 */
export function sampleSource(source: RowSource, indices: readonly number[]): RowSource {
  return { ...source, bytesTotal: undefined, rows: Readable.from(chosen(source.rows, indices)) }
}

async function* chosen(
  rows: Readable,
  indices: readonly number[],
): AsyncGenerator<readonly SourceRecord[]> {
  const wanted = new Set(indices)
  const last = indices.at(-1) ?? -1
  for await (const group of rows as AsyncIterable<readonly SourceRecord[]>) {
    const found = group.filter(record => wanted.has(indexOf(record)))
    if (found.length > 0) yield found
    const end = group.at(-1)
    if (end !== undefined && indexOf(end) >= last) return
  }
  // Else the run would take the end of the input for the end of its work.
  throw inputChanged()
}

function inputChanged(): BatchError {
  return runError(
    'INPUT_UNREADABLE',
    'The input has fewer rows than it had a moment ago, so the sample cannot be asked',
    'Estimate again when nobody writes to the input.',
  )
}

function indexOf(record: SourceRecord): number {
  return record.kind === 'row' ? record.index : record.row.index
}
