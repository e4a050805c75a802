import { type BatchError, runError } from '../../error/batch-error.js'
import { bareUtf16 } from './bare-utf16.js'
import type { MendedCounts } from './mended-counts.js'

export interface TranscodeTextOptions {
  /** A name of the Encoding Standard, such as `windows-1252`. */
  readonly encoding?: string | undefined
  readonly badBytes?: 'fail' | 'replace' | undefined
}

const replacement = '\uFFFD'

/**
 * Makes UTF-8 of a text in another encoding, or with bad bytes. Without either option, the bytes
 * pass: `decodeText` then says where a bad byte is.
 *
 * @param mended counts the characters that were replaced.
 * @see https://encoding.spec.whatwg.org/#names-and-labels
 * @throws {BatchError} INPUT_ENCODING_INVALID, reach `run`, after the text before a bad byte.
 */
export function transcodeText(
  bytes: AsyncGenerator<Buffer>,
  { encoding, badBytes = 'fail' }: TranscodeTextOptions,
  mended: MendedCounts,
): AsyncGenerator<Buffer> {
  const isPlain = encoding === undefined || new TextDecoder(encoding).encoding === 'utf-8'
  if (isPlain && badBytes === 'fail') return bytes
  return transcoded()

  async function* transcoded(): AsyncGenerator<Buffer> {
    let decoder: InstanceType<typeof TextDecoder> | undefined
    let line = 1
    for await (const piece of bytes) {
      decoder ??= new TextDecoder(encoding ?? utfOf(piece))
      yield* written(decoder.decode(piece, { stream: true }))
    }
    if (decoder !== undefined) yield* written(decoder.decode())

    function* written(text: string): Generator<Buffer> {
      const bad = text.indexOf(replacement)
      if (bad === -1 || badBytes === 'replace') {
        if (bad !== -1) mended.replacedBytes += text.split(replacement).length - 1
        line += lineBreaks(text)
        if (text !== '') yield Buffer.from(text)
        return
      }
      const good = text.slice(0, bad)
      if (good !== '') yield Buffer.from(good)
      throw notDecodable(line + lineBreaks(good), encoding ?? 'utf-8')
    }
  }
}

/** As `decodeText` chooses: UTF-16 by its byte order mark, or by its zero bytes; else UTF-8. */
function utfOf(beginning: Buffer): string {
  const [first, second] = beginning
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return bareUtf16(beginning) ?? 'utf-8'
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1
}

function notDecodable(line: number, encoding: string): BatchError {
  return runError(
    'INPUT_ENCODING_INVALID',
    `Line ${line}: not ${encoding}`,
    'Name the encoding of the input with --encoding, or add --bad-bytes replace.',
  )
}
