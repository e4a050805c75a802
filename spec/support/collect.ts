import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/**
 * Sends each of `items` through `stages` as a group of one, in a real pipeline, and gives the items
 * of all groups that come out.
 */
export async function collect<T>(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  ...stages: NodeJS.ReadWriteStream[]
): Promise<T[]> {
  return (await collectGroups<T>(groupsOfOne(items), ...stages)).flat()
}

/**
 * Sends groups through `stages` in a real pipeline and gives those that come out; the last stage
 * may be a sink.
 */
export async function collectGroups<T>(
  groups: Iterable<unknown> | AsyncIterable<unknown>,
  ...stages: (NodeJS.ReadWriteStream | NodeJS.WritableStream)[]
): Promise<T[][]> {
  const out: T[][] = []
  const last = stages.at(-1)
  if (last !== undefined && !('read' in last)) {
    await pipeline([Readable.from(groups), ...stages] as never)
    return out
  }
  const end = new Writable({
    objectMode: true,
    write(group: T[], _encoding, done) {
      out.push(group)
      done()
    },
  })
  await pipeline([Readable.from(groups), ...stages, end] as never)
  return out
}

/** Items as groups of one. */
export async function* groupsOfOne<T>(
  items: Iterable<T> | AsyncIterable<T>,
): AsyncGenerator<readonly T[]> {
  for await (const item of items) yield [item]
}
