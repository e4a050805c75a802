import type { Duplex } from 'node:stream'
import { parse } from 'csv-parse/sync'
import { recordStage } from './record-stage.js'
import { type RecordSplitting, splitRecords } from './split-records.js'
import { type FieldsRecord, tableRows } from './table-rows.js'

export interface ReadCsvOptions {
  /** A comma when absent. */
  readonly delimiter?: ',' | '\t'
}

/**
 * Bytes of a table in, a record a line out; the first line is the header. Every cell is text.
 *
 * A record with the wrong number of fields, or with text after a closing quote, is a failed outcome in its place.
 * Blank lines are no records.
 */
export function readCsv({ delimiter = ',' }: ReadCsvOptions = {}): Duplex {
  return recordStage(give => {
    const rows = tableRows()
    const parser = parseCsv(delimiter, record => {
      const made = rows.take(record)
      if (made !== undefined) give(made)
    })
    return { ...parser, columns: rows.columns }
  })
}

/**
 * Delimited text in, the fields of each record out, as soon as its line break has come.
 *
 * csv-parse is given whole records, which `splitRecords` finds, at once and not as a stream (all seen with 7.0.3): its
 * stream holds back the last three bytes, so that after `a\n1\n` the row of a slow producer waits for the next one;
 * and its `info.lines` takes a CRLF inside quotes for two lines.
 *
 * @throws {BatchError} as `splitRecords`.
 */
export function parseCsv(
  delimiter: ',' | '\t',
  give: (record: FieldsRecord) => void,
): RecordSplitting {
  const options = {
    delimiter,
    // Left to find out, it keeps to the first it meets: of `a\n1\r2\n` it makes one row.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // A quote within a field is text, as spreadsheets read it.
    relax_quotes: true,
    skip_empty_lines: true,
  }
  return splitRecords(delimiter, ({ text, lines, fault }) => {
    const records = parse(text, options)
    lines.forEach((line, at) => {
      const fields = records[at] ?? []
      // The text before a bad field ends with a delimiter, after which csv-parse sees one more, an empty one.
      give({ fields: fault === undefined ? fields : fields.slice(0, -1), line, fault })
    })
  })
}
