import type { FileHandle } from 'node:fs/promises'
import { addAbortSignal, Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { Entry } from 'yauzl'
import { loadExtra } from '../../extras/load-extra.js'
import { mostUnpacked, unpackedTooLarge } from '../text/size-limits.js'

/** Most entries of an archive without 64-bit fields. Each entry takes memory. */
const mostParts = 65_535

export interface Zip {
  readonly has: (name: string) => boolean
  /** The unpacked bytes of a part. The stream errors if they are missing or damaged. */
  readonly read: (name: string) => Readable
  /** A part as UTF-8 text, in pieces that do not split a character. */
  readonly readText: (name: string) => AsyncIterable<string>
}

/**
 * Opens a zip archive by the directory at its end, so that its parts can be read in any order and
 * more than once. Each part is checked against its size and checksum in the directory.
 *
 * A few kilobytes can unpack to gigabytes, so a part is refused by its size in the directory,
 * before it is unpacked. yauzl enforces that size.
 *
 * @param maxUnpackedMb megabytes of all parts that are read, unpacked; if absent, 100 times the
 * archive, from 64 up to 2048.
 *
 * The caller closes the file. Upper and lower case in names do not matter, as in Office.
 *
 * @throws {Error} if the file is not an archive, or is damaged.
 * @throws {BatchError} DEPENDENCY_MISSING, reach `run`, if yauzl is not installed; INPUT_TOO_LARGE,
 * by `read`.
 */
export async function openZip(
  file: FileHandle,
  signal: AbortSignal,
  maxUnpackedMb?: number,
): Promise<Zip> {
  const { fromFdPromise } = await loadExtra<typeof import('yauzl')>('xlsx', 'yauzl')
  const zip = await fromFdPromise(file.fd, { autoClose: false })
  if (zip.entryCount > mostParts) throw new Error(`It has ${zip.entryCount} parts`)
  const packed = zip.fileSize
  const most = maxUnpackedMb === undefined ? mostUnpacked(packed) : maxUnpackedMb * 1024 * 1024
  let unpacked = 0
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) entries.set(keyOf(entry.fileName), entry)
  return {
    has: name => entries.has(keyOf(name)),
    read,
    readText: name => read(name).setEncoding('utf8'),
  }

  function read(name: string): Readable {
    const entry = entries.get(keyOf(name))
    unpacked += entry?.uncompressedSize ?? 0
    if (unpacked > most) throw unpackedTooLarge(unpacked, packed, most)
    const content = contentOf(name, entry)
    return addAbortSignal(signal, Readable.from(content, { objectMode: false }))
  }

  /** yauzl checks the size, and leaves the checksum to its caller. */
  async function* contentOf(name: string, entry: Entry | undefined): AsyncGenerator<Buffer> {
    if (entry === undefined) throw new Error(`${name} is missing`)
    let sum = 0
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      sum = crc32(chunk, sum)
      yield chunk
    }
    if (sum !== entry.crc32) throw new Error(`${name} is damaged`)
  }
}

function keyOf(name: string): string {
  return name.toLowerCase()
}
