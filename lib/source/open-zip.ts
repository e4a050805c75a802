import type { FileHandle } from 'node:fs/promises'
import { addAbortSignal, pipeline, Readable, Transform } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { readZipDirectory, type ZipEntry } from './read-zip-directory.js'

export interface Zip {
  readonly has: (name: string) => boolean
  /** The bytes of a part as they were packed; the stream errors where they are not there, or not those. */
  readonly read: (name: string) => Readable
  /** The same as text in UTF-8, in pieces that cut no character in two. */
  readonly readText: (name: string) => AsyncIterable<string>
}

const headerLength = 30

/**
 * Opens a zip archive by the directory at its end, so that its parts can be read in any order, as often as wanted,
 * each checked against the size and the sum that the directory has for it.
 *
 * The file stays the caller's to close. Names are found in whatever letters they are written, as Office does.
 *
 * @throws {Error} when it is no archive, or a damaged one.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (the format; §4.3 for the records)
 */
export async function openZip(file: FileHandle, signal: AbortSignal): Promise<Zip> {
  const entries = new Map<string, ZipEntry>()
  for (const entry of await readZipDirectory(file)) entries.set(keyOf(entry.name), entry)
  return {
    has: name => entries.has(keyOf(name)),
    read,
    readText: name => read(name).setEncoding('utf8'),
  }

  function read(name: string): Readable {
    const entry = entries.get(keyOf(name))
    const content = entry === undefined ? missing(name) : contentOf(file, entry)
    return addAbortSignal(signal, Readable.from(content, { objectMode: false }))
  }
}

function keyOf(name: string): string {
  return name.replaceAll('\\', '/').toLowerCase()
}

// biome-ignore lint/correctness/useYield: it has nothing to give.
async function* missing(name: string): AsyncGenerator<Buffer> {
  throw new Error(`${name} is missing`)
}

async function* contentOf(file: FileHandle, entry: ZipEntry): AsyncGenerator<Buffer> {
  const { name, method, isEncrypted } = entry
  if (isEncrypted) throw new Error(`${name} is encrypted`)
  if (method !== 0 && method !== 8) throw new Error(`${name} is packed by method ${method}`)
  const start = await startOf(file, entry)
  const end = start + entry.packedBytes - 1
  const packed =
    end < start ? Readable.from([]) : file.createReadStream({ start, end, autoClose: false })
  const check = checkContent(entry)
  // Its error is that of `check`, which is read to its end.
  const streams = method === 8 ? [packed, createInflateRaw(), check] : [packed, check]
  pipeline(streams, () => {})
  try {
    yield* check as AsyncIterable<Buffer>
  } catch (error) {
    throw isOfZlib(error) ? damaged(entry, error) : error
  }
}

/** The header before the content has a length of its own, which is nowhere else. */
async function startOf(file: FileHandle, entry: ZipEntry): Promise<number> {
  const header = Buffer.alloc(headerLength)
  const { bytesRead } = await file.read(header, 0, headerLength, entry.offset)
  if (bytesRead < headerLength || header.readUInt32LE(0) !== 0x04034b50) throw damaged(entry)
  return entry.offset + headerLength + header.readUInt16LE(26) + header.readUInt16LE(28)
}

function checkContent(entry: ZipEntry): Transform {
  let bytes = 0
  let sum = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      sum = crc32(chunk, sum)
      // At once, since a few bytes can unpack to more than any disk holds.
      done(bytes > entry.bytes ? damaged(entry) : null, chunk)
    },
    flush(done) {
      done(bytes === entry.bytes && sum === entry.sum ? null : damaged(entry))
    },
  })
}

function isOfZlib(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true
}

function damaged({ name }: ZipEntry, cause?: unknown): Error {
  return new Error(`${name} is damaged`, { cause })
}
