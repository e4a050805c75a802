/** Bytes of UTF-8. A model gets no more of one result. */
export const longestOutputBytes = 16 * 1024

/**
 * Cuts a text to 16 KB of UTF-8, on the border of a character, and says so at its end.
 *
 * @param knownBytes the length of the whole text, if `text` is only its start.
 * @example
 * cutOutput('ä'.repeat(10_000)) // 8,192 times ä, and `\n[cut: the first 16384 of 20000 bytes]`
 */
export function cutOutput(text: string, knownBytes = Buffer.byteLength(text)): string {
  if (knownBytes <= longestOutputBytes) return text
  // A unit of UTF-16 has at least one byte, so that these units are enough.
  const start = Buffer.from(text.slice(0, longestOutputBytes + 1))
  const end = borderBefore(start, longestOutputBytes)
  return `${start.toString('utf8', 0, end)}\n[cut: the first ${end} of ${knownBytes} bytes]`
}

/** The last border of a character at or before `at`. */
function borderBefore(bytes: Buffer, at: number): number {
  let border = Math.min(at, bytes.length)
  while (border > 0 && ((bytes[border] ?? 0) & 0b1100_0000) === 0b1000_0000) border -= 1
  return border
}
