import { fieldTooLarge, longestField, longestRecord, recordTooLarge } from '../text/size-limits.js'
import { holdCsvRecords } from './hold-csv-records.js'
import type { TableFields } from './make-table-rows.js'
import { quoteLeftOpen } from './quote-left-open.js'
import { singleQuotes, unquoteField } from './unquote-field.js'

export interface CsvParsing {
  readonly write: (text: string) => void
  /** Ends the input, and gives a last record without a line break. */
  readonly end: () => void
}

export interface ParseCsvOptions {
  /** One character. */
  readonly delimiter: string
  /** Number of the first line that is written; 1 if absent. */
  readonly line?: number
  readonly give: (record: TableFields) => void
}

const quote = 34
const lineFeed = 10
const carriageReturn = 13
const tab = 9
const space = 32
const byteOrderMark = 0xfeff

/**
 * Delimited text in, the fields of each record out, as soon as the record's line break has come.
 *
 * Lines end with LF, CRLF or CR, also mixed. A quote opens only at the start of a field, or after
 * blanks there, which are dropped; elsewhere a quote is text. Text after a closing quote belongs to
 * the field, if the quotes opened on the same line: `"two" or so` is `two or so`. Else a quote was
 * left open, and may have swallowed any number of records. Blank lines, and a byte order mark at
 * the start of a record, are skipped.
 *
 * All this needs the ends of fields, so plain fields and simply quoted fields are cut out here.
 * csv-parse reads the records with quotes inside quotes (`holdCsvRecords`).
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @throws {BatchError} of reach `run`, after the records before: INPUT_SYNTAX_INVALID for an open
 * quote, FIELD_TOO_LARGE.
 */
export function parseCsv({ delimiter, line: first = 1, give }: ParseCsvOptions): CsvParsing {
  const delimiterCode = delimiter.charCodeAt(0)
  /** `after` is behind blanks that follow a closing quote, `tail` is in text that follows it. */
  let state: 'start' | 'plain' | 'quoted' | 'closed' | 'after' | 'tail' = 'start'
  let line = first
  let recordLine = first
  let quoteLine = first
  const complete = holdCsvRecords(delimiter, give)
  let piece = ''
  /** Text of the present record and field in earlier pieces, and their starts in this piece. */
  let begunRecord = ''
  let begunField = ''
  let recordStart = 0
  let fieldStart = 0
  /** Of the present record. */
  let fields: string[] = []
  /** Indices of the fields with quotes inside quotes. */
  let doubled: number[] = []
  /** Whether a field has something before or after its quotes; csv-parse cannot read the record. */
  let isLoose = false
  /** Quotes of the field that are not part of its text. */
  let fieldQuotes = 0
  let isFieldLoose = false
  let isAfterReturn = false

  return { write, end }

  function write(text: string): void {
    piece = text
    try {
      scan()
    } finally {
      complete.giveAll()
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
    complete.giveAll()
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
      else if (state === 'closed' || state === 'after') at = passClosed(at)
      else at = passPlain(at)
    }
    refuseLong(at)
  }

  /** Up to a delimiter, a line break, or the end of the piece. */
  function passPlain(at: number): number {
    let code = piece.charCodeAt(at)
    let end = at
    if (state === 'start') {
      if (code === byteOrderMark) end = passMark(at)
      while (isBlankCode(piece.charCodeAt(end))) end += 1
      if (end === piece.length) return end
      code = piece.charCodeAt(end)
      if (code === quote) return openQuote(end)
    }
    const textStart = end
    while (
      end < piece.length &&
      code !== delimiterCode &&
      code !== lineFeed &&
      code !== carriageReturn
    ) {
      end += 1
      code = piece.charCodeAt(end)
    }
    if (end > textStart && state === 'start') state = 'plain'
    return end === piece.length ? end : passBreak(end)
  }

  /** Drops a byte order mark at the start of a record, as in files that were joined. */
  function passMark(at: number): number {
    if (fields.length > 0 || begunRecord !== '' || at !== recordStart) return at
    recordStart = at + 1
    fieldStart = at + 1
    return at + 1
  }

  function openQuote(at: number): number {
    isFieldLoose = begunField !== '' || at > fieldStart
    state = 'quoted'
    quoteLine = line
    fieldQuotes = 1
    return at + 1
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

  /** Behind a quote inside quotes: the half of an escaped quote, or the closing quote. */
  function passClosed(at: number): number {
    const code = piece.charCodeAt(at)
    if (code === quote && state === 'closed') {
      state = 'quoted'
      return at + 1
    }
    if (code === delimiterCode || code === lineFeed || code === carriageReturn) return passBreak(at)
    isFieldLoose = true
    state = 'after'
    if (isBlankCode(code)) return at + 1
    if (quoteLine !== line) throw quoteLeftOpen(quoteLine)
    state = 'tail'
    return at
  }

  function passBreak(at: number): number {
    const code = piece.charCodeAt(at)
    if (code === delimiterCode) {
      endField(at)
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
    if (isFieldLoose) {
      isLoose = true
      fields.push(unquoteField(text))
    } else {
      if (fieldQuotes > 2) doubled.push(fields.length)
      fields.push(fieldQuotes === 0 ? text : text.slice(1, -1))
    }
    state = 'start'
    begunField = ''
    fieldStart = at + 1
    fieldQuotes = 0
    isFieldLoose = false
  }

  function endRecord(at: number): void {
    endField(at)
    const record = { fields, line: recordLine }
    if (isLoose) for (const index of doubled) fields[index] = singleQuotes(fields[index] ?? '')
    const isIntricate = doubled.length > 0 && !isLoose
    complete.add(record, isIntricate ? begunRecord + piece.slice(recordStart, at) : undefined)
  }

  function beginRecord(at: number): void {
    state = 'start'
    recordLine = line
    fields = []
    doubled = []
    isLoose = false
    begunRecord = ''
    begunField = ''
    recordStart = at
    fieldStart = at
    fieldQuotes = 0
    isFieldLoose = false
  }

  function isBlankCode(code: number): boolean {
    return code === space || (code === tab && code !== delimiterCode)
  }

  function isBlank(): boolean {
    return state === 'start' && fields.length === 0
  }

  /** @param at end of the field, or of its part in this piece. */
  function refuseLong(at: number): void {
    const fieldLength = begunField.length + at - fieldStart - fieldQuotes
    if (fieldLength > longestField) {
      if (fieldQuotes === 0) throw fieldTooLarge(`Line ${recordLine}`)
      throw fieldTooLarge(`Line ${quoteLine}`, 'Look for a quote there that is never closed.')
    }
    const recordLength = begunRecord.length + at - recordStart
    if (recordLength > longestRecord) throw recordTooLarge(`Line ${recordLine}`)
  }
}
