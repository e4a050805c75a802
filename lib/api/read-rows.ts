import { Readable } from 'node:stream'
import { openHome } from '../home/open-home.js'
import { thisProcess } from '../host/surroundings.js'
import type { InputFormat } from '../port/row-source.js'
import type { SourceRecord } from '../row/outcome.js'
import type { SourceForm } from '../source/check-form.js'
import { openSource } from '../source/open-source.js'

export interface ReadRowsOptions extends SourceForm {
  /** If absent, decided by the path's extension, else by the first bytes. */
  readonly format?: InputFormat | undefined
  /** What the path `-` reads. */
  readonly stdin?: Readable | undefined
}

/**
 * Reads the rows of a file of any size: a Readable in object mode of groups, which are arrays of
 * Rows, and of failed Outcomes for bad records. A group has 1 to 128 rows: those of one read.
 *
 * `eachRow()` gives the rows one by one to a stage or a sink of your own:
 *
 *     await pipeline(readRows('reviews.csv'), eachRow(), mySink)
 *
 * Errors with a BatchError of reach run; the message says where in the file.
 */
export function readRows(path: string, options: ReadRowsOptions = {}): Readable {
  return Readable.from(groupsOf(path, options))
}

async function* groupsOf(
  path: string,
  options: ReadRowsOptions,
): AsyncGenerator<readonly SourceRecord[]> {
  const { stdin = Readable.from([]) } = options
  openHome(thisProcess()) // For the extras in it, which read some formats.
  const source = await openSource({ ...options, path, stdin })
  yield* source.rows
}
