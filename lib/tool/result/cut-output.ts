/** Bytes of UTF-8, with the word about a cut. A model gets no more of one result. */
export const longestOutputBytes = 16 * 1024

/** Bytes; the word about a cut is shorter. */
const noteBytes = 64

export interface CutOutputOptions {
  /** The most bytes to leave, with the word about the cut. */
  readonly mostBytes?: number
  /** The length of the whole text, if `text` is only its start. */
  readonly wholeBytes?: number
}

/**
 * Cuts a text to 16 KB of UTF-8, on the border of a character, and says so at its end. What is cut
 * already stays as it is.
 *
 * @example
 * cutOutput('ä'.repeat(10_000)) // 8,160 times ä, and `\n[cut: the first 16320 of 20000 bytes]`
 */
export function cutOutput(text: string, options: CutOutputOptions = {}): string {
  const { mostBytes = longestOutputBytes, wholeBytes = Buffer.byteLength(text) } = options
  if (wholeBytes <= mostBytes) return text
  // A unit of UTF-16 has at least one byte, so that so many units are enough.
  const start = Buffer.from(text.slice(0, mostBytes))
  const end = borderBefore(start, mostBytes - noteBytes)
  return `${start.toString('utf8', 0, end)}\n[cut: the first ${end} of ${wholeBytes} bytes]`
}

/** The last border of a character at or before `at`. */
function borderBefore(bytes: Buffer, at: number): number {
  let border = Math.min(at, bytes.length)
  while (border > 0 && ((bytes[border] ?? 0) & 0b1100_0000) === 0b1000_0000) border -= 1
  return border
}
