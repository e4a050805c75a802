import { Transform } from 'node:stream'

/**
 * Groups in, their elements out one by one, for your own stage that takes single rows. `inGroups`
 * does the opposite.
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
