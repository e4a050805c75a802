/** Characters that a terminal does not show, or that change the direction of text. */
const unshown = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * Quotes a text as one word of a POSIX shell, only if necessary.
 *
 * Control characters are written as `$'\n'` (bash, zsh, ksh), so that the word stays on one line
 * and can be pasted.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (text.search(unshown) === -1) return `'${text.replaceAll("'", `'\\''`)}'`
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(unshown, character => escapeOf(character.charCodeAt(0)))
  return `$'${escaped}'`
}

/** `\x` stands for a byte, and from 0x80 on a character is more than one. */
function escapeOf(code: number): string {
  const hex = code.toString(16)
  return code < 0x80 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`
}
