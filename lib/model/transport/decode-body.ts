import { promisify } from 'node:util'
import { brotliDecompress, constants, unzip } from 'node:zlib'

const unzipAsync = promisify(unzip)
const brotliAsync = promisify(brotliDecompress)

/**
 * Decodes a compressed body. Some servers compress without being asked.
 *
 * A truncated body gives its start. A body in another coding, or in none, stays as it is.
 *
 * @returns undefined if the text has more than `mostBytes`.
 */
export async function decodeBody(
  body: Buffer,
  coding: string,
  mostBytes: number,
): Promise<Buffer | undefined> {
  const maxOutputLength = mostBytes
  try {
    switch (coding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
      case 'deflate':
        return await unzipAsync(body, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })
      case 'br': {
        const finishFlush = constants.BROTLI_OPERATION_FLUSH
        return await brotliAsync(body, { maxOutputLength, finishFlush })
      }
      default:
        return body
    }
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? undefined : body
  }
}
