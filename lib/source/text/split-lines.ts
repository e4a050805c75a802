import { fieldTooLarge, longestField } from './size-limits.js'

export interface LineSplitting {
  readonly write: (text: string) => void
  /** Gives a last line without a line break. */
  readonly end: () => void
}

const byteOrderMark = 0xfeff

/**
 * Gives each line without its break (LF, CRLF or CR), and the line's number from 1, as soon as the
 * break has come. A byte order mark at the start of a line is dropped: files that were joined have
 * several.
 *
 * @throws {BatchError} FIELD_TOO_LARGE, reach `run`, as soon as a line is over the limit.
 */
export function splitLines(give: (line: string, number: number) => void): LineSplitting {
  let begun = ''
  let number = 1
  let isAfterReturn = false

  return {
    write(text) {
      // The second half of a CRLF that two pieces share.
      let start = isAfterReturn && text.startsWith('\n') ? 1 : 0
      if (text !== '') isAfterReturn = false
      let feed = text.indexOf('\n', start)
      let carriageReturn = text.indexOf('\r', start)
      while (feed !== -1 || carriageReturn !== -1) {
        const isReturn = carriageReturn !== -1 && (feed === -1 || carriageReturn < feed)
        const end = isReturn ? carriageReturn : feed
        giveLine(begun === '' ? text.slice(start, end) : begun + text.slice(start, end))
        start = isReturn && feed === end + 1 ? end + 2 : end + 1
        isAfterReturn = isReturn && start === text.length && feed === -1
        if (feed !== -1 && feed < start) feed = text.indexOf('\n', start)
        if (isReturn) carriageReturn = text.indexOf('\r', start)
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
    give(line.charCodeAt(0) === byteOrderMark ? line.slice(1) : line, number)
    number += 1
  }

  function refuseLong(line: string): void {
    if (line.length > longestField) throw fieldTooLarge(`Line ${number}`)
  }
}
