import { Readable } from 'node:stream'
import type { SourceRecord } from '../../row/outcome.js'

/**
 * The reader of one format: bytes in; groups of SourceRecords out, those of one read.
 *
 * Tells the columns as soon as they are known, before the first group. Throws a BatchError of reach
 * `run` where the input cannot be read any further, after all records before that place.
 */
export type ReadGroups = (
  bytes: AsyncIterable<Buffer>,
  tellColumns: (columns: readonly string[]) => void,
  signal: AbortSignal,
) => AsyncGenerator<readonly SourceRecord[]>

export interface GroupStream {
  readonly rows: Readable
  /**
   * Resolves as soon as the reader tells the columns, even if nobody reads yet: with no names if
   * the reader never tells them. Rejects if the input fails before that and before any record.
   */
  readonly columns: Promise<readonly string[]>
}

/**
 * The stream around a reader. It reads at once up to the first group, then only what is asked for.
 * An error waits until somebody reads up to its place.
 *
 * @param closeInput ends the input, also while it is waited for. Called when the stream is
 * destroyed.
 */
export function streamGroups(
  read: ReadGroups,
  bytes: AsyncIterable<Buffer>,
  closeInput: () => void,
): GroupStream {
  const aborter = new AbortController()
  let tell: (columns: readonly string[]) => void = () => {}
  const told = new Promise<readonly string[]>(resolve => {
    tell = resolve
  })
  const groups = read(bytes, names => tell(names), aborter.signal)
  let first: ReturnType<typeof groups.next> | undefined = groups.next()
  const columns = Promise.race([told, first.then((): readonly string[] => [])])
  columns.catch(() => undefined) // The reader of the rows gets the error too.

  const rows = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      const next = first ?? groups.next()
      first = undefined
      next.then(
        ({ value, done }) => rows.push(done === true ? null : value),
        error => rows.destroy(error),
      )
    },
    destroy(error, done) {
      closeInput()
      aborter.abort()
      // The read in progress ends first, so that files are closed.
      groups.return(undefined).then(() => done(error), done)
    },
  })
  return { rows, columns }
}
