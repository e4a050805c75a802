import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Runs `items` through `stages` in a real pipeline and gives all that comes out; the last may be a sink. */
export async function collect<T>(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  ...stages: NodeJS.ReadWriteStream[]
): Promise<T[]> {
  const out: T[] = []
  const last = stages.at(-1)
  if (last !== undefined && !('read' in last)) {
    await pipeline([Readable.from(items), ...stages] as never)
    return out
  }
  const end = new Writable({
    objectMode: true,
    write(item: T, _encoding, done) {
      out.push(item)
      done()
    },
  })
  await pipeline([Readable.from(items), ...stages, end] as never)
  return out
}
