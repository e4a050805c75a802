import { fieldTooLarge, longestField } from './size-limits.js'

export interface LineSplitting {
  readonly write: (text: string) => void
  /** Gives a last line without a line break. */
  readonly end: () => void
}

/**
 * Gives each line without its break (LF or CRLF), and the line's number from 1, as soon as the
 * break has come.
 *
 * @throws {BatchError} FIELD_TOO_LARGE, reach `run`, as soon as a line is over the limit.
 */
export function splitLines(give: (line: string, number: number) => void): LineSplitting {
  let begun = ''
  let number = 1

  return {
    write(text) {
      let start = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        giveLine(begun === '' ? text.slice(start, end) : begun + text.slice(start, end))
        start = end + 1
      }
      begun = start === 0 ? begun + text : text.slice(start)
      refuseLong(begun)
    },
    end() {
      if (begun !== '') giveLine(begun)
    },
  }

  function giveLine(line: string): void {
    begun = ''
    refuseLong(line)
    give(line.endsWith('\r') ? line.slice(0, -1) : line, number)
    number += 1
  }

  function refuseLong(line: string): void {
    if (line.length > longestField) throw fieldTooLarge(`Line ${number}`)
  }
}
