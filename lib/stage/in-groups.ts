import { Transform } from 'node:stream'

export interface InGroupsOptions {
  /** Most elements of a group; 128 if absent. */
  readonly rows?: number
}

/**
 * Single rows in, groups (arrays) out, for the stages of this package. No row waits for another: a
 * group has the rows that came while the previous group was taken.
 */
export function inGroups({ rows = 128 }: InGroupsOptions = {}): Transform {
  let gathered: unknown[] = []
  return new Transform({
    objectMode: true,
    writableHighWaterMark: rows,
    readableHighWaterMark: 1,
    transform(row: unknown, _encoding, done) {
      gathered.push(row)
      // Rows that are written and wait behind this one come in the same turn.
      const isLast = this.writableLength <= 1
      if (isLast || gathered.length >= rows) {
        this.push(gathered)
        gathered = []
      }
      done()
    },
  })
}
