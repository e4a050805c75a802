import { type Duplex, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface ReadRecords {
  readonly records: any[]
  /** The error that ended it, when one did. */
  readonly error: any
  readonly columns: readonly string[] | undefined
}

type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>

/** Sends pieces of an input through a reader, and gives all that came out before it ended or failed. */
export async function readRecords(stage: Duplex, pieces: Pieces): Promise<ReadRecords> {
  const { groups, ...read } = await readGroups(stage, pieces)
  return { records: groups.flat(), ...read }
}

/** The same, with the records as they came. */
export async function readGroups(stage: Duplex, pieces: Pieces) {
  const groups: any[][] = []
  let columns: readonly string[] | undefined
  stage.once('columns', names => {
    columns = names
  })
  const sink = new Writable({
    objectMode: true,
    write(group, _encoding, done) {
      groups.push(group)
      done()
    },
  })
  const error: any = await pipeline(toBuffers(pieces), stage, sink).then(
    () => undefined,
    failure => failure,
  )
  return { groups, error, columns }
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
