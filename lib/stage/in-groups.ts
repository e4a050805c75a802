import { Transform } from 'node:stream'

export interface InGroupsOptions {
  /** Most elements of a group; 128 when absent. */
  readonly rows?: number
}

/**
 * Single rows in, groups (arrays) out, for the stages of this package. A row waits for no other:
 * those that have come while the group before was being taken go together.
 */
export function inGroups({ rows = 128 }: InGroupsOptions = {}): Transform {
  let gathered: unknown[] = []
  return new Transform({
    objectMode: true,
    writableHighWaterMark: rows,
    readableHighWaterMark: 1,
    transform(row: unknown, _encoding, done) {
      gathered.push(row)
      // What is written already, and waits behind this row, comes in the same turn.
      const isLast = this.writableLength <= 1
      if (isLast || gathered.length >= rows) {
        this.push(gathered)
        gathered = []
      }
      done()
    },
  })
}
