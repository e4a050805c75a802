import { isUtf8 } from 'node:buffer'
import { type BatchError, runError } from '../../error/batch-error.js'
import { bareUtf16 } from './bare-utf16.js'

/**
 * Bytes in, text out, in pieces. Gives the text before a bad byte, then throws
 * INPUT_ENCODING_INVALID.
 */
export interface TextDecoding {
  readonly write: (bytes: Buffer, give: (text: string) => void) => void
  /** Ends the input. Throws if the input ends inside a character. */
  readonly end: (give: (text: string) => void) => void
}

type Encoding = 'utf8' | 'utf16le' | 'utf16be'

const byteOrderMarks: readonly (readonly [Encoding, Buffer])[] = [
  ['utf8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf16le', Buffer.from([0xff, 0xfe])],
  ['utf16be', Buffer.from([0xfe, 0xff])],
]
const lineFeed = 10
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/**
 * Decodes UTF-8, or UTF-16 with a byte order mark. A mark at the start is dropped; a later mark is
 * text.
 *
 * A character that two pieces share waits for the second piece.
 *
 * A fatal TextDecoder says neither which byte is bad nor the text before it, so it is not used
 * here.
 */
export function decodeText(): TextDecoding {
  let encoding: Encoding | undefined
  let waiting: Buffer = Buffer.alloc(0)
  let offset = 0
  let line = 1

  return {
    write(bytes, give) {
      let all = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes])
      if (encoding === undefined) {
        if (all.length < 3 && byteOrderMarks.some(([, mark]) => startsWith(mark, all))) {
          waiting = all
          return
        }
        all = takeMark(all)
      }
      const length = wholeLength(all, encoding ?? 'utf8')
      // A copy, so that three bytes do not keep a whole piece in memory.
      waiting = Buffer.from(all.subarray(length))
      decode(all.subarray(0, length), give)
    },
    end(give) {
      decode(takeMark(waiting), give)
    },
  }

  function takeMark(bytes: Buffer): Buffer {
    if (encoding !== undefined) return bytes
    const found = byteOrderMarks.find(([, mark]) => startsWith(bytes, mark))
    const bare = found === undefined ? bareUtf16(bytes) : undefined
    if (bare !== undefined) throw markMissing(bare)
    encoding = found?.[0] ?? 'utf8'
    offset = found?.[1].length ?? 0
    return bytes.subarray(offset)
  }

  function decode(bytes: Buffer, give: (text: string) => void): void {
    const known = encoding ?? 'utf8'
    const goodLength = known === 'utf8' ? goodUtf8Length(bytes) : goodUtf16Length(bytes, known)
    const good = bytes.subarray(0, goodLength)
    offset += goodLength
    for (let at = 0; at < goodLength; at += 1) if (good[at] === lineFeed) line += 1
    if (goodLength > 0) give(known === 'utf8' ? good.toString('utf8') : utf16Text(good, known))
    if (goodLength < bytes.length)
      throw notDecodable(known, bytes.subarray(goodLength), offset, line)
  }
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && bytes.subarray(0, start.length).equals(start)
}

/** How many bytes come before an incomplete character at the end. */
function wholeLength(bytes: Buffer, encoding: Encoding): number {
  return encoding === 'utf8' ? wholeUtf8Length(bytes) : wholeUtf16Length(bytes, encoding)
}

function wholeUtf8Length(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function wholeUtf16Length(bytes: Buffer, encoding: Encoding): number {
  const even = bytes.length - (bytes.length % 2)
  const high = bytes[encoding === 'utf16le' ? even - 1 : even - 2] ?? 0
  return high >= 0xd8 && high <= 0xdb ? even - 2 : even
}

/**
 * How many bytes come before the first byte that is not UTF-8. Found by bisection: a valid text
 * stays valid when valid text at its start is cut off.
 */
function goodUtf8Length(bytes: Buffer): number {
  if (isUtf8(bytes)) return bytes.length
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const isGood = isUtf8(bytes.subarray(0, wholeUtf8Length(bytes.subarray(0, middle))))
    if (isGood) good = middle
    else bad = middle
  }
  return wholeUtf8Length(bytes.subarray(0, good))
}

function goodUtf16Length(bytes: Buffer, encoding: Encoding): number {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2))
  const lone = loneSurrogate.exec(utf16Text(even, encoding))
  return lone === null ? even.length : lone.index * 2
}

function utf16Text(bytes: Buffer, encoding: Encoding): string {
  return encoding === 'utf16le'
    ? bytes.toString('utf16le')
    : Buffer.from(bytes).swap16().toString('utf16le')
}

function notDecodable(encoding: Encoding, bytes: Buffer, offset: number, line: number): BatchError {
  const name = encoding === 'utf8' ? 'UTF-8' : 'UTF-16'
  const found = (bytes[0] ?? 0).toString(16).toUpperCase().padStart(2, '0')
  // Older one-byte encodings have no zero bytes in text.
  const likely = bytes.includes(0) ? 'utf-16le' : 'windows-1252'
  return runError(
    'INPUT_ENCODING_INVALID',
    `Line ${line}: not ${name}: byte 0x${found} at offset ${offset}`,
    `If the input is in another encoding, name it: --encoding ${likely}. Or add --bad-bytes replace.`,
  )
}

function markMissing(name: string): BatchError {
  return runError(
    'INPUT_ENCODING_INVALID',
    `The input looks like ${name.toUpperCase()} without a byte order mark, not UTF-8`,
    `Add --encoding ${name}.`,
  )
}
