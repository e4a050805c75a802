import { type BatchError, runError } from '../../error/batch-error.js'
import type { SourceRecord } from '../../row/outcome.js'
import { type MakeTableRowsOptions, makeTableRows } from '../table/make-table-rows.js'
import { cellAddress } from './cell-address.js'
import type { SheetRow } from './read-sheet-rows.js'

export interface SheetTable {
  readonly columns: () => readonly string[] | undefined
  /** The first row is the header and gives nothing. A row without text gives nothing either. */
  readonly take: (row: SheetRow) => SourceRecord | undefined
}

const remedy = 'Open the workbook once in a spreadsheet, and save it'

/**
 * Makes rows of a sheet's cells, under the names of its header.
 *
 * In a sheet, unlike in a text, each cell has its own column. So a cell to the right of the header,
 * such as a note, says nothing of the other cells, and is left out. Empty cells at the end of a row
 * are not in the file.
 *
 * @throws {BatchError} COLUMN_DUPLICATE, as of `makeTableRows`; INPUT_SYNTAX_INVALID if the header
 * has a formula without a stored value; reach `run`.
 */
export function makeSheetTable(options: MakeTableRowsOptions): SheetTable {
  const table = makeTableRows(options)
  const { mended } = options
  return { columns: table.columns, take }

  function take({ fields, line, unstored }: SheetRow): SourceRecord | undefined {
    const width = table.columns()?.length
    if (width === undefined) {
      if (unstored.length > 0) throw headerUnstored(unstored, line)
      return table.take({ fields, line })
    }
    if (fields.length > width) {
      if (mended !== undefined) mended.strayRows += 1
      fields.length = width
    }
    while (fields.length < width) fields.push('')
    const missing = unstored.filter(column => column <= width)
    if (missing.length > 0)
      return table.fail({ fields, line }, `${unstoredText(missing, line)}. ${remedy}`)
    return fields.some(field => field !== '') ? table.take({ fields, line }) : undefined
  }
}

function headerUnstored(unstored: readonly number[], line: number): BatchError {
  return runError(
    'INPUT_SYNTAX_INVALID',
    `The header in row ${line} has no value: ${unstoredText(unstored, line)}`,
    `${remedy}.`,
  )
}

function unstoredText(unstored: readonly number[], line: number): string {
  const cells = unstored.map(column => cellAddress(column, line)).join(', ')
  return `the formula in ${cells} has no stored value`
}
