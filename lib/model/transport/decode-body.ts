import { promisify } from 'node:util'
import { brotliDecompress, constants, unzip } from 'node:zlib'

const unzipped = promisify(unzip)
const unbrotlied = promisify(brotliDecompress)

/**
 * The text of a body that was sent compressed, which some servers do unasked.
 *
 * A body that was cut gives what is there. One in another coding, or in none after all, is given as
 * it is.
 *
 * @returns undefined when the text has more than `mostBytes`.
 */
export async function decodeBody(
  body: Buffer,
  { coding, mostBytes: maxOutputLength }: { readonly coding: string; readonly mostBytes: number },
): Promise<Buffer | undefined> {
  try {
    switch (coding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
      case 'deflate':
        return await unzipped(body, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })
      case 'br': {
        const finishFlush = constants.BROTLI_OPERATION_FLUSH
        return await unbrotlied(body, { maxOutputLength, finishFlush })
      }
      default:
        return body
    }
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? undefined : body
  }
}
