import { stripVTControlCharacters } from 'node:util'

/**
 * Text that may go to a terminal: without escape sequences and control characters, so that no file and no
 * model can move the cursor, retitle the window or hide what was written. Line breaks and tabs stay.
 */
export function stripControls(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
}
