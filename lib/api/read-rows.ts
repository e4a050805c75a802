import { Readable } from 'node:stream'
import type { InputFormat } from '../port/row-source.js'
import type { SourceRecord } from '../row/outcome.js'
import { openSource } from '../source/open-source.js'

export interface ReadRowsOptions {
  /** From the path's extension, else the first bytes, when absent. */
  readonly format?: InputFormat | undefined
  /** Where in a JSON document the array is, such as `data.items`. */
  readonly jsonPath?: string | undefined
  /**
   * Megabytes that a workbook may unpack to; 100 times its size, from 64 up to 2048, when absent.
   */
  readonly maxUnpackedMb?: number | undefined
  /** What the path `-` reads. */
  readonly stdin?: Readable | undefined
}

/**
 * The rows of a file of any size: a Readable in object mode of groups, which are arrays of Rows,
 * and of failed Outcomes for records that are none. A group has what came in one read: at least
 * one, at most 128.
 *
 * `eachRow()` behind it gives them one by one, to a stage or a sink of one's own:
 *
 *     await pipeline(readRows('reviews.csv'), eachRow(), mySink)
 *
 * Errors with a BatchError of reach run, its place in the file in the message.
 */
export function readRows(path: string, options: ReadRowsOptions = {}): Readable {
  return Readable.from(groupsOf(path, options))
}

async function* groupsOf(
  path: string,
  options: ReadRowsOptions,
): AsyncGenerator<readonly SourceRecord[]> {
  const { stdin = Readable.from([]) } = options
  const source = await openSource({ ...options, path, stdin })
  yield* source.rows
}
