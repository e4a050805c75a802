import { Readable } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { SourceRecord } from '../row/outcome.js'
import { type Cell, cellText } from './cell-text.js'
import { tableRows } from './table-rows.js'

type Exceljs = typeof import('exceljs')
type Sheet = AsyncIterable<SheetRow> & { readonly name?: string }
interface SheetRow {
  readonly number: number
  readonly eachCell: (take: (cell: Cell, column: number) => void) => void
}

export interface ReadXlsxOptions {
  /** For specs of what happens where it is not installed. */
  readonly importExceljs?: () => Promise<{ readonly default: Exceljs }>
}

/**
 * A workbook's bytes in, a record for each row of its first sheet out; the first row with a cell in it is the
 * header. Every cell is text, as a spreadsheet would write it to CSV, dates as ISO 8601.
 *
 * Emits `columns` once, before the first record, and begins to read at once to know them.
 * Rows without any text are no records.
 *
 * exceljs keeps the workbook's shared strings, every different text of it once, in memory for as long as it reads;
 * the rows themselves pass through. A workbook without shared strings goes through a temporary file first.
 *
 * Errors: INPUT_SYNTAX_INVALID when it is no workbook; DEPENDENCY_MISSING when exceljs is not installed.
 */
export function readXlsx(
  bytes: Readable,
  { importExceljs = () => import('exceljs') }: ReadXlsxOptions = {},
): Readable {
  const records = readTable()
  const rows = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      records.next().then(
        ({ value, done }) => rows.push(done === true ? null : value),
        error => rows.destroy(error),
      )
    },
    destroy(error, done) {
      bytes.destroy()
      // Not waited for: exceljs may wait for ever for bytes that no longer come.
      records.return(undefined).catch(() => {})
      done(error)
    },
  })
  // exceljs pipes its input, so that an error there would leave it waiting.
  bytes.once('error', error => rows.destroy(error))
  rows.read(0)
  return rows

  async function* readTable(): AsyncGenerator<SourceRecord> {
    const exceljs = await loadExceljs(importExceljs)
    const table = tableRows()
    try {
      for await (const { fields, line } of sheetRecords(exceljs, bytes)) {
        const header = table.columns()
        // Cells at the end of a row that were never filled are not in the file.
        while (fields.length < (header?.length ?? 0)) fields.push('')
        const row = table.take({ fields, line, fault: undefined })
        if (header === undefined) rows.emit('columns', table.columns())
        if (row !== undefined) yield row
      }
    } catch (error) {
      throw BatchError.isInstance(error) ? error : workbookInvalid(error)
    }
    if (table.columns() === undefined) rows.emit('columns', [])
  }
}

interface SheetRecord {
  readonly fields: string[]
  readonly line: number
}

/** Rows of the sheet that comes first in the workbook, up to the last cell with text in it. */
async function* sheetRecords(exceljs: Exceljs, bytes: Readable): AsyncGenerator<SheetRecord> {
  const workbook = new exceljs.stream.xlsx.WorkbookReader(bytes, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    entries: 'ignore',
  })
  for await (const sheet of workbook as unknown as AsyncIterable<Sheet>) {
    if (!isFirstSheet(sheet, workbook)) continue
    for await (const row of sheet) {
      const fields = fieldsOf(row)
      if (fields.length > 0) yield { fields, line: row.number }
    }
    return
  }
}

/** Sheets come in the order of the archive. One whose name the archive does not tell is taken for the first. */
function isFirstSheet({ name }: Sheet, workbook: object): boolean {
  const { model } = workbook as { model?: { sheets?: readonly { name?: string }[] } }
  const first = model?.sheets?.[0]?.name
  return first === undefined || name === undefined || name === first
}

function fieldsOf(row: SheetRow): string[] {
  const fields: string[] = []
  row.eachCell((cell, column) => {
    const text = cellText(cell)
    if (text === '') return
    while (fields.length < column - 1) fields.push('')
    fields.push(text)
  })
  return fields
}

async function loadExceljs(
  importExceljs: () => Promise<{ readonly default: Exceljs }>,
): Promise<Exceljs> {
  try {
    return (await importExceljs()).default
  } catch (error) {
    throw new BatchError('Reading .xlsx needs the package exceljs, which is not installed', {
      code: 'DEPENDENCY_MISSING',
      reach: 'run',
      remedy: 'npm install exceljs',
      cause: error,
    })
  }
}

function workbookInvalid(cause: unknown): BatchError {
  return new BatchError('The input is no .xlsx workbook, or a damaged one', {
    code: 'INPUT_SYNTAX_INVALID',
    reach: 'run',
    remedy: 'Open it in a spreadsheet and save it anew as .xlsx, or as CSV in UTF-8.',
    cause,
  })
}
