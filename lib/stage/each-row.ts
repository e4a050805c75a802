import { Transform } from 'node:stream'

/**
 * Groups in, their elements out one by one, for your own stage that takes single rows. `inGroups`
 * does the opposite.
 *
 * @example
 *     await pipeline(readRows('reviews.csv'), eachRow(), async rows => {
 *       for await (const row of rows) console.log(row.columns.review_text)
 *     })
 */
export function eachRow(): Transform {
  return new Transform({
    objectMode: true,
    writableHighWaterMark: 1,
    transform(group: readonly unknown[], _encoding, done) {
      for (const row of group) this.push(row)
      done()
    },
  })
}
