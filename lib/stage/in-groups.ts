import { Transform } from 'node:stream'

export interface InGroupsOptions {
  /** Most elements of a group; 128 if absent. */
  readonly rows?: number
}

/**
 * Single rows in, groups (arrays) out, for the stages of this package. No row waits for another: a
 * group has the rows that came while the previous group was taken.
 *
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     async function* oddRows(rows) {
 *       for await (const row of rows) if (row.index % 2 === 1) yield row
 *     }
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       eachRow(),
 *       oddRows,
 *       inGroups(),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls }),
 *       writeRows('out.jsonl'),
 *     )
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
