import { stripControls } from '../sink/strip-controls.js'

/** Text of several lines that is safe on a terminal: no control characters, nor marks that turn its direction. */
export function printableText(text: string): string {
  return stripControls(text).replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}

/** The same on one line: line breaks and tabs become blanks. */
export function printableLine(text: string): string {
  return printableText(text).replace(/[\t\n\u2028\u2029]+/g, ' ')
}
