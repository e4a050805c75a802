import { Transform } from 'node:stream'

/**
 * Groups in, their elements out one by one: for a stage of one's own that takes single rows.
 * `inGroups` is the way back.
 */
export function eachRow(): Transform {
  return new Transform({
    objectMode: true,
    writableHighWaterMark: 1,
    transform(group: readonly unknown[], _encoding, done) {
      for (const record of group) this.push(record)
      done()
    },
  })
}
