import { constants, crc32, deflateRawSync } from 'node:zlib'

/** What is too large to be had unpacked. */
export interface PackedContent {
  readonly packed: Buffer
  readonly sum: number
  readonly length: number
}

export interface ZipPart {
  readonly name: string
  readonly content: string | Uint8Array | PackedContent
  /** As writers do that do not know beforehand: no sizes before the content, but after it. */
  readonly isStreamed?: boolean
  readonly isStored?: boolean
  /** The number of the way it is packed, where that is a lie. */
  readonly method?: number
  /** Sizes and place as 64-bit fields, in the directory. */
  readonly isZip64?: boolean
  /** Bits of the header, such as 1 for encrypted. */
  readonly flags?: number
}

/** A zip archive with these parts in this order, and a directory at its end. */
export function makeZip(parts: readonly ZipPart[], { comment = '' } = {}): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const bytes = partBytes(part)
    directory.push(directoryEntry(part, offset))
    pieces.push(bytes)
    offset += bytes.length
  }
  const entries = Buffer.concat(directory)
  const isZip64 = parts.some(part => part.isZip64)
  const end = isZip64 ? zip64End(parts.length, entries.length, offset) : Buffer.alloc(0)
  const last = endRecord(parts.length, entries.length, isZip64 ? 0xffffffff : offset, comment)
  return Buffer.concat([...pieces, entries, end, last])
}

/**
 * Megabytes of a one-megabyte text, again and again between a beginning and an end, packed a
 * thousandfold.
 */
export function packRepeated(
  text: string,
  { times, beginning = '', end = '' }: { times: number; beginning?: string; end?: string },
): PackedContent {
  const flush = { finishFlush: constants.Z_FULL_FLUSH }
  const block = deflateRawSync(text, flush)
  const blocks = Array.from({ length: times }, () => block)
  const pieces = [deflateRawSync(beginning, flush), ...blocks, deflateRawSync(end)]
  let sum = crc32(beginning)
  for (let at = 0; at < times; at += 1) sum = crc32(text, sum)
  const length = Buffer.byteLength(beginning + end) + times * Buffer.byteLength(text)
  return { packed: Buffer.concat(pieces), sum: crc32(end, sum), length }
}

function packed({ content, isStored }: ZipPart): PackedContent {
  if (typeof content === 'object' && 'packed' in content) return content
  const bytes = isStored ? Buffer.from(content) : deflateRawSync(content)
  return { packed: bytes, sum: crc32(content), length: Buffer.byteLength(content) }
}

function partBytes(part: ZipPart): Buffer {
  const header = Buffer.alloc(30)
  const trailer = Buffer.alloc(part.isStreamed ? 16 : 0)
  header.write('PK\x03\x04')
  header.writeUInt16LE((part.flags ?? 0) | (part.isStreamed ? 8 : 0), 6)
  header.writeUInt16LE(part.isStored ? 0 : 8, 8)
  if (part.isStreamed) trailer.write('PK\x07\x08')
  const fields = part.isStreamed ? trailer : header
  writeSizes(part, fields, part.isStreamed ? 4 : 14)
  header.writeUInt16LE(Buffer.byteLength(part.name), 26)
  return Buffer.concat([header, Buffer.from(part.name), packed(part).packed, trailer])
}

function writeSizes(part: ZipPart, fields: Buffer, at: number): void {
  const content = packed(part)
  fields.writeUInt32LE(content.sum, at)
  fields.writeUInt32LE(content.packed.length, at + 4)
  fields.writeUInt32LE(content.length, at + 8)
}

function directoryEntry(part: ZipPart, offset: number): Buffer {
  const entry = Buffer.alloc(46)
  const extra = Buffer.alloc(part.isZip64 ? 28 : 0)
  entry.write('PK\x01\x02')
  entry.writeUInt16LE((part.flags ?? 0) | (part.isStreamed ? 8 : 0), 8)
  entry.writeUInt16LE(part.method ?? (part.isStored ? 0 : 8), 10)
  writeSizes(part, entry, 16)
  entry.writeUInt16LE(Buffer.byteLength(part.name), 28)
  entry.writeUInt16LE(extra.length, 30)
  entry.writeUInt32LE(offset, 42)
  if (part.isZip64) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(24, 2)
    extra.writeBigUInt64LE(BigInt(packed(part).length), 4)
    extra.writeBigUInt64LE(BigInt(packed(part).packed.length), 12)
    extra.writeBigUInt64LE(BigInt(offset), 20)
    entry.fill(0xff, 20, 28)
    entry.fill(0xff, 42, 46)
  }
  return Buffer.concat([entry, Buffer.from(part.name), extra])
}

function zip64End(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(76)
  end.write('PK\x06\x06')
  end.writeBigUInt64LE(44n, 4)
  end.writeBigUInt64LE(BigInt(count), 24)
  end.writeBigUInt64LE(BigInt(count), 32)
  end.writeBigUInt64LE(BigInt(length), 40)
  end.writeBigUInt64LE(BigInt(offset), 48)
  end.write('PK\x06\x07', 56)
  end.writeBigUInt64LE(BigInt(offset + length), 64)
  end.writeUInt32LE(1, 72)
  return end
}

function endRecord(count: number, length: number, offset: number, comment: string): Buffer {
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(Math.min(count, 0xffff), 8)
  end.writeUInt16LE(Math.min(count, 0xffff), 10)
  end.writeUInt32LE(length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(Buffer.byteLength(comment), 20)
  return Buffer.concat([end, Buffer.from(comment)])
}
