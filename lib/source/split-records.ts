import { BatchError } from '../error/batch-error.js'
import { fieldTooLarge, longestField, longestRecord, recordTooLarge } from './size-limits.js'

/** Whole records of a table, as they stand in the input. */
export interface RecordsText {
  /** Each with its line break, where it has one; blank lines may be among them. */
  readonly text: string
  /** Line on which each record starts, from 1. */
  readonly lines: readonly number[]
  /** What is wrong with the quotes of the one record that this is; `text` is then what comes before the bad field. */
  readonly fault: string | undefined
}

export interface RecordSplitting {
  readonly write: (text: string) => void
  readonly end: () => void
}

const quote = 34
const lineFeed = 10
const carriageReturn = 13

/**
 * Finds where the records of delimited text end, and gives those that are whole as soon as their line break has come.
 *
 * Lines end with LF, CRLF or CR, also mixed. A quote opens only where a field begins. Text after a closing quote
 * spoils that record only, if the quotes opened on the same line; else a quote was left open, and nothing tells how
 * many records it has swallowed. Blank lines are no records.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @throws {BatchError} of reach `run`, after the records before: INPUT_SYNTAX_INVALID for a quote left open,
 * FIELD_TOO_LARGE.
 */
export function splitRecords(
  delimiter: ',' | '\t',
  give: (records: RecordsText) => void,
): RecordSplitting {
  const delimiterCode = delimiter.charCodeAt(0)
  let state: 'start' | 'plain' | 'quoted' | 'closed' | 'spoiled' = 'start'
  let line = 1
  let recordLine = 1
  let quoteLine = 1
  /** Of the whole records that are not given yet. */
  let lines: number[] = []
  /** Text before `piece` that is not given yet. All places count from its beginning. */
  let waiting = ''
  let piece = ''
  let givenUntil = 0
  let recordStart = 0
  let fieldStart = 0
  /** Quotes of the field that are none of its text. */
  let fieldQuotes = 0
  let isAfterReturn = false

  return { write, end }

  function write(text: string): void {
    piece = text
    try {
      scan()
    } finally {
      giveWhole()
    }
    keepBegun()
  }

  function end(): void {
    piece = ''
    if (state === 'quoted') throw quoteLeftOpen(quoteLine)
    if (!isBlank()) endRecord(waiting.length)
    giveWhole()
  }

  function scan(): void {
    let at = 0
    if (isAfterReturn && piece.charCodeAt(0) === lineFeed) {
      // The other half of a CRLF that was cut in two.
      at = 1
      beginRecord(1)
    }
    if (piece !== '') isAfterReturn = false
    while (at < piece.length) {
      if (state === 'quoted') at = passQuoted(at)
      else if (state === 'closed') at = passClosed(at)
      else at = passPlain(at)
    }
    refuseLong(waiting.length + at)
  }

  /** Up to a delimiter, a line break, or the end of the piece. */
  function passPlain(at: number): number {
    let code = piece.charCodeAt(at)
    if (state === 'start' && code === quote) {
      state = 'quoted'
      quoteLine = line
      fieldQuotes = 1
      return at + 1
    }
    let end = at
    while (
      end < piece.length &&
      code !== delimiterCode &&
      code !== lineFeed &&
      code !== carriageReturn
    ) {
      end += 1
      code = piece.charCodeAt(end)
    }
    if (end > at && state === 'start') state = 'plain'
    return end === piece.length ? end : passBreak(end)
  }

  function passQuoted(at: number): number {
    const found = piece.indexOf('"', at)
    const end = found === -1 ? piece.length : found
    const part = piece.slice(at, end)
    for (let feed = part.indexOf('\n'); feed !== -1; feed = part.indexOf('\n', feed + 1)) line += 1
    if (found === -1) return end
    fieldQuotes += 1
    state = 'closed'
    return end + 1
  }

  /** A quote has come inside quotes: it is half of an escaped one, or has closed them. */
  function passClosed(at: number): number {
    const code = piece.charCodeAt(at)
    if (code === quote) {
      state = 'quoted'
      return at + 1
    }
    if (code === delimiterCode || code === lineFeed || code === carriageReturn) return passBreak(at)
    if (quoteLine !== line) throw quoteLeftOpen(quoteLine)
    state = 'spoiled'
    return at
  }

  function passBreak(at: number): number {
    const place = waiting.length + at
    const code = piece.charCodeAt(at)
    if (code === delimiterCode) {
      if (state !== 'spoiled') beginField(place)
      return at + 1
    }
    const isReturn = code === carriageReturn
    const after = isReturn && piece.charCodeAt(at + 1) === lineFeed ? at + 2 : at + 1
    isAfterReturn = isReturn && after === piece.length && after === at + 1
    if (!isBlank()) endRecord(place)
    line += 1
    beginRecord(waiting.length + after)
    return after
  }

  /** @param place of the delimiter before it. */
  function beginField(place: number): void {
    refuseLong(place)
    state = 'start'
    fieldStart = place + 1
    fieldQuotes = 0
  }

  /** @param place of its line break, or the end of the input. */
  function endRecord(place: number): void {
    refuseLong(place)
    if (state === 'spoiled') giveSpoiled()
    else lines.push(recordLine)
    // At the end of the input no other begins.
    recordStart = place
  }

  function beginRecord(place: number): void {
    if (lines.length === 0) givenUntil = place
    state = 'start'
    recordLine = line
    recordStart = place
    fieldStart = place
    fieldQuotes = 0
  }

  function isBlank(): boolean {
    return state === 'start' && fieldStart === recordStart
  }

  function giveWhole(): void {
    if (lines.length === 0) return
    const records = { text: textBetween(givenUntil, recordStart), lines, fault: undefined }
    givenUntil = recordStart
    lines = []
    give(records)
  }

  function giveSpoiled(): void {
    giveWhole()
    const text = textBetween(recordStart, fieldStart)
    give({ text, lines: [recordLine], fault: 'text after a closing quote' })
  }

  function textBetween(start: number, end: number): string {
    return (waiting + piece).slice(start, end)
  }

  /** Joined only when it is given: joining a long record at every piece would copy it again and again. */
  function keepBegun(): void {
    waiting = givenUntil === 0 ? waiting + piece : piece.slice(givenUntil - waiting.length)
    recordStart -= givenUntil
    fieldStart -= givenUntil
    givenUntil = 0
  }

  /** @param place where the field ends, or what there is of it. */
  function refuseLong(place: number): void {
    if (state !== 'spoiled' && place - fieldStart - fieldQuotes > longestField) {
      throw state === 'quoted' || state === 'closed'
        ? fieldTooLarge(
            `Line ${quoteLine}`,
            'Look for a quote that opens there and is never closed.',
          )
        : fieldTooLarge(`Line ${recordLine}`)
    }
    if (place - recordStart > longestRecord) throw recordTooLarge(`Line ${recordLine}`)
  }
}

function quoteLeftOpen(line: number): BatchError {
  return new BatchError(`Line ${line}: a quote is opened and never closed`, {
    code: 'INPUT_SYNTAX_INVALID',
    reach: 'run',
    remedy: 'Close it, or write a quote inside quotes twice: "".',
  })
}
