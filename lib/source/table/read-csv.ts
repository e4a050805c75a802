import { parseGroups } from '../record/parse-groups.js'
import type { ReadGroups } from '../record/stream-groups.js'
import { type FindHeaderOptions, findHeader } from './find-header.js'
import { type MakeTableRowsOptions, makeTableRows } from './make-table-rows.js'
import { parseCsv } from './parse-csv.js'

export type ReadCsvOptions = FindHeaderOptions & MakeTableRowsOptions

/**
 * Reads a table. Its header is the first record, or the line `headerRow`. Every cell is text.
 *
 * A record with more texts than the header has columns is a failed outcome in its place. Blank
 * lines are skipped.
 */
export function readCsv(options: ReadCsvOptions = {}): ReadGroups {
  return parseGroups(give => {
    const rows = makeTableRows(options)
    const parsing = findHeader(options, start =>
      parseCsv({
        ...start,
        give(record) {
          const made = rows.take(record)
          if (made !== undefined) give(made)
        },
      }),
    )
    return { ...parsing, columns: rows.columns }
  })
}
