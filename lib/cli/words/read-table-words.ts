import { isEncoding } from '../../config/is-encoding.js'
import { usageInvalid } from './usage-errors.js'

/** Reads one character; also `tab` and `\\t`, which a shell makes hard to write. */
export function readDelimiter(text: string, name: string): string {
  if (text === 'tab' || text === '\\t') return '\t'
  if (/^[^"\r\n]$/.test(text)) return text
  throw usageInvalid(
    `${name} expects one character or tab, not a quote, got ${JSON.stringify(text.slice(0, 80))}.`,
  )
}

/** Reads the name of an encoding that the runtime decodes. */
export function readEncoding(text: string, name: string): string {
  if (isEncoding(text)) return text
  const shown = JSON.stringify(text.slice(0, 80))
  throw usageInvalid(`${name} expects an encoding such as windows-1252 or shift_jis, got ${shown}.`)
}
