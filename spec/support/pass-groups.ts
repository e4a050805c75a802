import { Readable, Transform } from 'node:stream'

/** A source of groups that says how many it has given. */
export function countedSource<T>(groups: Iterable<T> | AsyncIterable<T>) {
  const count = { given: 0 }
  async function* counted() {
    for await (const group of groups) {
      count.given += 1
      yield group
    }
  }
  return { source: Readable.from(counted(), { highWaterMark: 1 }), count }
}

/** A stage that takes a group a turn. */
export function slowly(): Transform {
  return new Transform({
    objectMode: true,
    highWaterMark: 1,
    transform: (group, _encoding, done) => void setImmediate(done, null, group),
  })
}

/** Elements in groups of so many. */
export function inGroupsOf<T>(size: number, elements: readonly T[]): T[][] {
  const groups: T[][] = []
  for (let from = 0; from < elements.length; from += size) {
    groups.push(elements.slice(from, from + size))
  }
  return groups
}
