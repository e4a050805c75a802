import { parse } from 'csv-parse/sync'
import { type BatchError, runError } from '../../error/batch-error.js'
import { fieldTooLarge, longestField, longestRecord, recordTooLarge } from '../text/size-limits.js'
import type { TableFields } from './make-table-rows.js'

export interface CsvParsing {
  readonly write: (text: string) => void
  /** Ends the input, and gives a last record without a line break. */
  readonly end: () => void
}

const quote = 34
const lineFeed = 10
const carriageReturn = 13

/**
 * Delimited text in, the fields of each record out, as soon as the record's line break has come.
 *
 * Lines end with LF, CRLF or CR, also mixed. A quote opens only at the start of a field; elsewhere
 * a quote is text. Text after a closing quote makes that record a bad one, if the quotes opened on
 * the same line. Else a quote was left open, and may have swallowed any number of records. Blank
 * lines are skipped.
 *
 * All this needs the ends of fields, so plain fields and simply quoted fields are cut out here.
 * csv-parse reads the records with quotes inside quotes, all of a piece at once: csv-parse takes 20
 * ns a character; its stream holds back the last three bytes, and counts a CRLF inside quotes as
 * two lines (7.0.3).
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @throws {BatchError} of reach `run`, after the records before: INPUT_SYNTAX_INVALID for an open
 * quote, FIELD_TOO_LARGE.
 */
export function parseCsv(delimiter: ',' | '\t', give: (record: TableFields) => void): CsvParsing {
  const delimiterCode = delimiter.charCodeAt(0)
  let state: 'start' | 'plain' | 'quoted' | 'closed' | 'spoiled' = 'start'
  let line = 1
  let recordLine = 1
  let quoteLine = 1
  /** Complete records that are not given yet, and the text of those that csv-parse has to read. */
  let complete: { fields: readonly string[]; line: number; fault: string | undefined }[] = []
  let intricate = new Map<(typeof complete)[number], string>()
  let piece = ''
  /** Text of the present record and field in earlier pieces, and their starts in this piece. */
  let begunRecord = ''
  let begunField = ''
  let recordStart = 0
  let fieldStart = 0
  /** Of the present record. */
  let fields: string[] = []
  let isIntricate = false
  /** Quotes of the field that are not part of its text. */
  let fieldQuotes = 0
  let isAfterReturn = false

  return { write, end }

  function write(text: string): void {
    piece = text
    try {
      scan()
    } finally {
      giveComplete()
    }
    begunRecord += piece.slice(recordStart)
    begunField += piece.slice(fieldStart)
    recordStart = 0
    fieldStart = 0
  }

  function end(): void {
    piece = ''
    if (state === 'quoted') throw quoteLeftOpen(quoteLine)
    if (!isBlank()) endRecord(0)
    giveComplete()
  }

  function scan(): void {
    let at = 0
    if (isAfterReturn && piece.charCodeAt(0) === lineFeed) {
      // The second half of a CRLF that two pieces share.
      at = 1
      beginRecord(1)
    }
    if (piece !== '') isAfterReturn = false
    while (at < piece.length) {
      if (state === 'quoted') at = passQuoted(at)
      else if (state === 'closed') at = passClosed(at)
      else at = passPlain(at)
    }
    refuseLong(at)
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

  /** A quote inside quotes: half of an escaped quote, or the closing quote. */
  function passClosed(at: number): number {
    const code = piece.charCodeAt(at)
    if (code === quote) {
      state = 'quoted'
      return at + 1
    }
    if (code === delimiterCode || code === lineFeed || code === carriageReturn) return passBreak(at)
    if (quoteLine !== line) throw quoteLeftOpen(quoteLine)
    spoilRecord(at)
    return at
  }

  function passBreak(at: number): number {
    const code = piece.charCodeAt(at)
    if (code === delimiterCode) {
      if (state !== 'spoiled') endField(at)
      return at + 1
    }
    const isReturn = code === carriageReturn
    const after = isReturn && piece.charCodeAt(at + 1) === lineFeed ? at + 2 : at + 1
    isAfterReturn = isReturn && after === piece.length && after === at + 1
    if (!isBlank()) endRecord(at)
    line += 1
    beginRecord(after)
    return after
  }

  /** @param at position of the line break; the next record starts after it. */
  function endField(at: number): void {
    refuseLong(at)
    const text = begunField + piece.slice(fieldStart, at)
    fields.push(fieldQuotes === 0 ? text : text.slice(1, -1))
    if (fieldQuotes > 2) isIntricate = true
    state = 'start'
    begunField = ''
    fieldStart = at + 1
    fieldQuotes = 0
  }

  function endRecord(at: number): void {
    const fault = state === 'spoiled' ? 'text after a closing quote' : undefined
    if (fault === undefined) endField(at)
    else refuseLong(at)
    const record = { fields, line: recordLine, fault }
    complete.push(record)
    if (isIntricate) intricate.set(record, begunRecord + piece.slice(recordStart, at))
  }

  /** Keeps the fields before the bad one. */
  function spoilRecord(at: number): void {
    state = 'spoiled'
    if (!isIntricate) return
    const text = begunRecord + piece.slice(recordStart, at)
    const badLength = begunField.length + at - fieldStart
    fields = parse(text.slice(0, text.length - badLength - 1), options())[0] ?? []
    isIntricate = false
  }

  function beginRecord(at: number): void {
    state = 'start'
    recordLine = line
    fields = []
    isIntricate = false
    begunRecord = ''
    begunField = ''
    recordStart = at
    fieldStart = at
    fieldQuotes = 0
  }

  function isBlank(): boolean {
    return state === 'start' && fields.length === 0
  }

  function giveComplete(): void {
    const records = complete
    const texts = intricate
    complete = []
    if (texts.size > 0) {
      intricate = new Map()
      const parsed = parse([...texts.values()].join('\n'), options())
      for (const [at, record] of [...texts.keys()].entries()) record.fields = parsed[at] ?? []
    }
    for (const record of records) give(record)
  }

  /** For records without a line break at the end. */
  function options() {
    return { delimiter, record_delimiter: '\n', relax_column_count: true, relax_quotes: true }
  }

  /** @param at end of the field, or of its part in this piece. */
  function refuseLong(at: number): void {
    const fieldLength = begunField.length + at - fieldStart - fieldQuotes
    if (state !== 'spoiled' && fieldLength > longestField) {
      throw state === 'quoted' || state === 'closed'
        ? fieldTooLarge(
            `Line ${quoteLine}`,
            'Look for a quote that opens there and is never closed.',
          )
        : fieldTooLarge(`Line ${recordLine}`)
    }
    const recordLength = begunRecord.length + at - recordStart
    if (recordLength > longestRecord) throw recordTooLarge(`Line ${recordLine}`)
  }
}

function quoteLeftOpen(line: number): BatchError {
  return runError(
    'INPUT_SYNTAX_INVALID',
    `Line ${line}: a quote is not closed`,
    'Close the quote, or write a quote inside quotes twice: "".',
  )
}
