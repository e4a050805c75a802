import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ReadGroups, streamGroups } from '../../lib/source/record/stream-groups.js'

export interface ReadRecords {
  readonly records: any[]
  /** The error that ended it, when one did. */
  readonly error: any
  readonly columns: readonly string[] | undefined
}

type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>

/** Reads pieces of an input, and returns everything that came before the end or the fault. */
export async function readRecords(read: ReadGroups, pieces: Pieces): Promise<ReadRecords> {
  const { groups, ...end } = await readGroups(read, pieces)
  return { records: groups.flat(), ...end }
}

/** The same, with the records in their groups. */
export async function readGroups(read: ReadGroups, pieces: Pieces) {
  const groups: any[][] = []
  const bytes = toBuffers(pieces)
  const { rows, columns } = streamGroups(read, bytes, () => bytes.destroy())
  const sink = new Writable({
    objectMode: true,
    write(group, _encoding, done) {
      groups.push(group)
      done()
    },
  })
  const error: any = await pipeline(rows, sink).then(
    () => undefined,
    failure => failure,
  )
  return { groups, error, columns: await columns.catch(() => undefined) }
}

function toBuffers(pieces: Pieces): Readable {
  return Readable.from(pieces).map(piece => Buffer.from(piece))
}

/** The columns of rows, and the message of what is no row. */
export function gist(records: readonly any[]): unknown[] {
  return records.map(record =>
    record.kind === 'failed' ? record.error.message : { ...record.columns },
  )
}

/** The bytes of a text in pieces of these lengths, again and again; cuts characters in two. */
export function cutBytes(bytes: Uint8Array, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number
    pieces.push(Buffer.from(bytes.subarray(at, at + length)))
    at += length
  }
  return pieces
}
