import { Transform } from 'node:stream'
import { isPromise } from 'node:util/types'

/**
 * Makes a stage from a function: groups in, groups out, each element mapped by `map`, in order.
 *
 * For your own single-row step between the stages of this package. `map` may return a promise;
 * promises of one group run at the same time. An error of `map` destroys the stage.
 *
 * @example
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapRows(row => ({ ...row, columns: { ...row.columns, isSeen: true } })),
 *       eachRow(),
 *       async rows => {
 *         for await (const row of rows) console.log(row.columns)
 *       },
 *     )
 */
export function mapRows<In, Out>(map: (row: In) => Out | Promise<Out>): Transform {
  return new Transform({
    objectMode: true,
    writableHighWaterMark: 1,
    readableHighWaterMark: 1,
    transform(group: readonly In[], _encoding, done) {
      try {
        const mapped = group.map(row => map(row))
        if (!mapped.some(isPromise)) return done(null, mapped)
        Promise.all(mapped).then(settled => done(null, settled), done)
      } catch (error) {
        done(error as Error)
      }
    },
  })
}
