import { parseGroups } from '../record/parse-groups.js'
import type { ReadGroups } from '../record/stream-groups.js'
import { makeTableRows } from './make-table-rows.js'
import { parseCsv } from './parse-csv.js'

/**
 * Reads a table. The first record is the header. Every cell is text.
 *
 * A record with the wrong number of fields, or with text after a closing quote, is a failed outcome
 * in its place. Blank lines are skipped.
 */
export function readCsv(delimiter: ',' | '\t' = ','): ReadGroups {
  return parseGroups(give => {
    const rows = makeTableRows()
    const parsing = parseCsv(delimiter, record => {
      const made = rows.take(record)
      if (made !== undefined) give(made)
    })
    return { ...parsing, columns: rows.columns }
  })
}
