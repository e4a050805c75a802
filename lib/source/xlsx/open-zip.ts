import type { FileHandle } from 'node:fs/promises'
import { addAbortSignal, Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { Entry } from 'yauzl'
import { mostUnpacked, unpackedTooLarge } from '../text/size-limits.js'
import { importOptional } from './import-optional.js'

export interface OpenZipOptions {
  readonly signal: AbortSignal
  /**
   * Megabytes that the parts that are read may come to; 100 times the archive, from 64 up to 2048,
   * when absent.
   */
  readonly maxUnpackedMb?: number | undefined
}

/** Of an archive without 64-bit fields; each takes memory. */
const mostParts = 65_535

export interface Zip {
  readonly has: (name: string) => boolean
  /**
   * The bytes of a part as they were packed; the stream errors where they are not there, or not
   * those.
   */
  readonly read: (name: string) => Readable
  /** The same as text in UTF-8, in pieces that cut no character in two. */
  readonly readText: (name: string) => AsyncIterable<string>
}

/**
 * Opens a zip archive by the directory at its end, so that its parts can be read in any order, as
 * often as wanted, each checked against the size and the sum that the directory has for it.
 *
 * A few kilobytes can be packed from gigabytes, so a part is refused by the size that the directory
 * has for it, before a byte of it is unpacked; yauzl holds it to that size.
 *
 * The file stays the caller's to close. Names are found in whatever letters they are written, as
 * Office does.
 *
 * @throws {Error} when it is no archive, or a damaged one.
 * @throws {BatchError} DEPENDENCY_MISSING, reach `run`, when yauzl is not installed;
 * INPUT_TOO_LARGE, by `read`.
 */
export async function openZip(
  file: FileHandle,
  { signal, maxUnpackedMb }: OpenZipOptions,
): Promise<Zip> {
  const { fromFdPromise } = await importOptional(() => import('yauzl'), 'yauzl@3.4.0')
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
    if (unpacked > most) throw unpackedTooLarge({ unpacked, packed, most })
    const content = contentOf(name, entry)
    return addAbortSignal(signal, Readable.from(content, { objectMode: false }))
  }

  /** yauzl holds to the size that the directory has, and leaves the sum to its caller. */
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
