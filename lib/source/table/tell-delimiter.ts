export const delimiters = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof delimiters)[number]

/** A header as far as it has come. */
export interface HeaderStart {
  /** The text outside of quotes. */
  readonly plain: string
  /** Whether a line break outside of quotes has come. */
  readonly isWhole: boolean
}

/**
 * Reads the first line that is not blank. A quote opens only behind one of the delimiters, as in
 * `parseCsv`.
 */
export function startOfHeader(text: string): HeaderStart {
  let plain = ''
  let isQuoted = false
  let mayOpen = true
  for (let at = text.search(/\S/); at >= 0 && at < text.length; at += 1) {
    const char = text[at] as string
    if (isQuoted) {
      if (char !== '"') continue
      if (text[at + 1] === '"') at += 1
      else isQuoted = false
    } else if (char === '"' && mayOpen) {
      isQuoted = true
    } else if (char === '\n' || char === '\r') {
      return { plain, isWhole: true }
    } else {
      plain += char
      mayOpen = (delimiters as readonly string[]).includes(char) || (mayOpen && char === ' ')
    }
  }
  return { plain, isWhole: false }
}

/**
 * Tells the delimiter of a table from its header: the one that is there most often. What stands in
 * brackets does not count: `id,stars (1|2|3|4|5)` has a comma.
 *
 * @param plain the header without its quoted fields.
 * @returns a comma for a header of one column.
 */
export function tellDelimiter(plain: string): Delimiter {
  const text = plain.replace(/\([^()]*\)|\[[^[\]]*\]/g, '')
  let best: Delimiter = ','
  let most = 0
  for (const delimiter of delimiters) {
    const count = text.split(delimiter).length - 1
    if (count > most) [best, most] = [delimiter, count]
  }
  return best
}
