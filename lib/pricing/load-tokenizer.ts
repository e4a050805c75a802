import type { EncodingName } from './token-family.js'

/** Counts the tokens of a text. */
export type CountTokens = (text: string) => number

/** Special tokens in a text are text: their names in an input must not end the count. */
const plain = { disallowedSpecial: new Set<string>() }

/**
 * The tokenizer's work grows with the square of an unbroken run: 10,000 Chinese letters without
 * punctuation take a second. So longer texts are counted in pieces.
 */
const longestPiece = 256

/**
 * Loads the tokenizer of one encoding, which takes a quarter of a second.
 *
 * A text is cut before a space or a Chinese comma, where a token begins in any case. Only a run of
 * 256 characters without any is cut in its midst, which changes the count by a token or two.
 */
export async function loadTokenizer(encoding: EncodingName): Promise<CountTokens> {
  const { countTokens } = await importEncoding(encoding)
  return text => {
    if (text.length <= longestPiece) return countTokens(text, plain)
    let tokens = 0
    let start = 0
    while (start < text.length) {
      const end = endOfPiece(text, start)
      tokens += countTokens(text.slice(start, end), plain)
      start = end
    }
    return tokens
  }
}

/** Each encoding is 1 to 3 MB of source, so each is imported alone. */
function importEncoding(encoding: EncodingName) {
  switch (encoding) {
    case 'o200k_base':
      return import('gpt-tokenizer/encoding/o200k_base')
    case 'cl100k_base':
      return import('gpt-tokenizer/encoding/cl100k_base')
    case 'p50k_base':
      return import('gpt-tokenizer/encoding/p50k_base')
    case 'r50k_base':
      return import('gpt-tokenizer/encoding/r50k_base')
  }
}

function endOfPiece(text: string, start: number): number {
  const last = start + longestPiece
  if (last >= text.length) return text.length
  for (let at = last; at > start + 1; at -= 1) {
    if (isBreak(text.charCodeAt(at - 1), text.charCodeAt(at), text.charCodeAt(at + 1))) return at
  }
  return isLowSurrogate(text.charCodeAt(last)) ? last + 1 : last
}

const space = 32
const firstKana = 0x3040

/** Whether a token begins at a character: a space before a word, or a comma after Chinese. */
function isBreak(before: number, code: number, after: number): boolean {
  if (code === space) return after > space
  return (code === 0x3001 || code === 0x3002 || code === 0xff0c) && before >= firstKana
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}
