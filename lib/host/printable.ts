import { stripVTControlCharacters } from 'node:util'

/**
 * Text that may go to a terminal: without escape sequences, control characters, and marks that turn the direction of
 * text, so that no file and no server can move the cursor, retitle the window, fill the clipboard or hide what was
 * written. Line breaks and tabs stay. Of a sequence that Node does not know, the part that can be read stays.
 */
export function printableText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** The same on one line: line breaks and tabs become blanks. */
export function printableLine(text: string): string {
  return printableText(text).replace(/[\t\n\u2028\u2029]+/g, ' ')
}
