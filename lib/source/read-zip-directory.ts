import type { FileHandle } from 'node:fs/promises'

/** What the directory of a zip archive says of one part. */
export interface ZipEntry {
  readonly name: string
  /** Where its header is in the file. */
  readonly offset: number
  readonly packedBytes: number
  readonly bytes: number
  /** CRC-32 of its content. */
  readonly sum: number
  /** How it is packed: 0 not at all, 8 deflated; others are rare. */
  readonly method: number
  readonly isEncrypted: boolean
}

interface DirectoryPlace {
  readonly count: number
  readonly bytes: number
  readonly offset: number
}

const endLength = 22
const zip64LocatorLength = 20
const zip64EndLength = 56
const entryLength = 46
/** Behind the end there is at most a comment, whose length has two bytes. */
const longestComment = 0xffff
/** Of a field that has its value elsewhere, in 64 bits. */
const elsewhere = 0xffffffff
/** A workbook of ten thousand sheets has two of them. */
const largestDirectory = 64 * 1024 * 1024

/** @throws {Error} when there is no such directory, or a damaged one. */
export async function readZipDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { count, bytes, offset } = await findDirectory(file)
  const directory = await readExactly(file, offset, bytes)
  const entries: ZipEntry[] = []
  for (let at = 0; entries.length < count; ) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw noArchive()
    const nameEnd = at + entryLength + directory.readUInt16LE(at + 28)
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30)
    entries.push(readEntry(directory.subarray(at, extraEnd), nameEnd - at))
    at = extraEnd + directory.readUInt16LE(at + 32)
  }
  return entries
}

async function findDirectory(file: FileHandle): Promise<DirectoryPlace> {
  const { size } = await file.stat()
  const tailOffset = Math.max(0, size - endLength - longestComment)
  const tail = await readExactly(file, tailOffset, size - tailOffset)
  let at = tail.length - endLength
  while (at >= 0 && !isEnd(tail, at)) at -= 1
  if (at < 0) throw noArchive()
  const place = {
    count: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  }
  const isSmall = place.count < 0xffff && place.bytes < elsewhere && place.offset < elsewhere
  return isSmall ? place : findZip64Directory(file, tailOffset + at - zip64LocatorLength)
}

/** By its mark, and by a comment that reaches just to the end of the file: the mark alone may be part of one. */
function isEnd(tail: Buffer, at: number): boolean {
  return (
    tail.readUInt32LE(at) === 0x06054b50 &&
    at + endLength + tail.readUInt16LE(at + 20) === tail.length
  )
}

async function findZip64Directory(file: FileHandle, offset: number): Promise<DirectoryPlace> {
  const locator = await readExactly(file, offset, zip64LocatorLength)
  if (locator.readUInt32LE(0) !== 0x07064b50) throw noArchive()
  const end = await readExactly(file, readUInt64(locator, 8), zip64EndLength)
  if (end.readUInt32LE(0) !== 0x06064b50) throw noArchive()
  return { count: readUInt64(end, 32), bytes: readUInt64(end, 40), offset: readUInt64(end, 48) }
}

function readEntry(entry: Buffer, nameEnd: number): ZipEntry {
  const large = zip64Fields(entry.subarray(nameEnd))
  // In this order, and only those for which the usual place says so.
  const field = (at: number): number => {
    const value = entry.readUInt32LE(at)
    return value === elsewhere ? (large.shift() ?? value) : value
  }
  const bytes = field(24)
  const packedBytes = field(20)
  const offset = field(42)
  return {
    name: entry.toString('utf8', entryLength, nameEnd),
    offset,
    packedBytes,
    bytes,
    sum: entry.readUInt32LE(16),
    method: entry.readUInt16LE(10),
    isEncrypted: (entry.readUInt16LE(8) & 1) === 1,
  }
}

/** The 64-bit fields among what follows an entry's name, each kind of it with a number and a length. */
function zip64Fields(extra: Buffer): number[] {
  const fields: number[] = []
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2))
    for (let place = at + 4; place + 8 <= end; place += 8) fields.push(readUInt64(extra, place))
  }
  return fields
}

function readUInt64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at))
}

async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  if (!(offset >= 0 && length <= largestDirectory)) throw noArchive()
  const bytes = Buffer.alloc(length)
  let read = 0
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, offset + read)
    if (bytesRead === 0) throw noArchive()
    read += bytesRead
  }
  return bytes
}

function noArchive(): Error {
  return new Error('This is no zip archive, or a damaged one')
}
