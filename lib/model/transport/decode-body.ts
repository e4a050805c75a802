import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'

const unzip = promisify(zlib.unzip)
const inflateRaw = promisify(zlib.inflateRaw)
const brotliDecompress = promisify(zlib.brotliDecompress)

/**
 * Decodes a compressed body. Some servers compress without being asked.
 *
 * A truncated body gives its start. A body in another coding, or in none, stays as it is.
 *
 * @param codings in the order in which the server applied them.
 * @returns undefined if the text has more than `mostBytes`.
 */
export async function decodeBody(
  body: Buffer,
  codings: string,
  mostBytes: number,
): Promise<Buffer | undefined> {
  let decoded = body
  // A server applies one coding, or two. A longer list is a mistake, or an attack.
  for (const coding of codings.split(',').reverse().slice(0, 3)) {
    // Some servers name a coding and send plain text. Compressed bytes are not valid UTF-8.
    if (isUtf8(decoded)) return decoded
    try {
      decoded = await decodeOnce(decoded, coding.trim().toLowerCase(), mostBytes)
    } catch (error) {
      return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? undefined : decoded
    }
  }
  return decoded
}

function decodeOnce(body: Buffer, coding: string, maxOutputLength: number): Promise<Buffer> {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return unzip(body, { maxOutputLength, finishFlush: Z_SYNC_FLUSH })
    case 'deflate': {
      const options = { maxOutputLength, finishFlush: Z_SYNC_FLUSH }
      // Some servers leave out the header, whose first byte ends with 8 and is at most 0x78.
      const hasHeader = body.length > 1 && body[0] === 0x78 && body.readUInt16BE(0) % 31 === 0
      return hasHeader || isGzip(body) ? unzip(body, options) : inflateRaw(body, options)
    }
    case 'br':
      return brotliDecompress(body, { maxOutputLength, finishFlush: BROTLI_OPERATION_FLUSH })
    default:
      return Promise.resolve(body)
  }
}

function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b
}
