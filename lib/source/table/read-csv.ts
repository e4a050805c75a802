import type { Duplex } from 'node:stream'
import { recordStage } from '../record/record-stage.js'
import { parseCsv } from './parse-csv.js'
import { tableRows } from './table-rows.js'

export interface ReadCsvOptions {
  /** A comma if absent. */
  readonly delimiter?: ',' | '\t'
}

/**
 * Bytes of a table in, groups of records out. The first record is the header. Every cell is text.
 *
 * A record with the wrong number of fields, or with text after a closing quote, is a failed outcome
 * in its place. Blank lines are skipped.
 */
export function readCsv({ delimiter = ',' }: ReadCsvOptions = {}): Duplex {
  return recordStage(give => {
    const rows = tableRows()
    const parsing = parseCsv(delimiter, record => {
      const made = rows.take(record)
      if (made !== undefined) give(made)
    })
    return { ...parsing, columns: rows.columns }
  })
}
