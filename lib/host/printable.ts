import { stripVTControlCharacters } from 'node:util'

/**
 * Makes a text safe for a terminal: removes escape sequences, control characters, and marks that
 * change the direction of text. So no file and no server can move the cursor, set the window's
 * title, fill the clipboard or hide text. Line breaks and tabs stay. Of a sequence that Node does
 * not know, the readable part stays.
 */
export function printableText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** Makes a text safe for one line of a terminal: line breaks and tabs become blanks. */
export function printableLine(text: string): string {
  return printableText(text).replace(/[\t\n\u2028\u2029]+/g, ' ')
}
