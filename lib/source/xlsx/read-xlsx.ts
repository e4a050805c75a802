import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { BatchError, runError } from '../../error/batch-error.js'
import { groupRecords } from '../record/parse-groups.js'
import type { ReadGroups } from '../record/stream-groups.js'
import { headerMissing } from '../table/find-header.js'
import type { MakeTableRowsOptions } from '../table/make-table-rows.js'
import { type ChosenSheet, chooseSheet, sheetEmpty } from './choose-sheet.js'
import { copyToTemporaryFile } from './copy-to-temporary-file.js'
import { makeSheetTable } from './make-sheet-table.js'
import { openZip, type Zip } from './open-zip.js'
import { readNumberFormats } from './read-number-formats.js'
import { readSharedStrings } from './read-shared-strings.js'
import { readSheetRows, type SheetRow } from './read-sheet-rows.js'
import { readWorkbook, type Workbook } from './read-workbook.js'
import { createStringTable } from './string-table.js'
import { loadSaxes } from './walk-xml.js'

export interface ReadXlsxOptions extends MakeTableRowsOptions {
  /** Row of the sheet at which the header is looked for, from 1. */
  readonly headerRow?: number | undefined
  /** Name of the sheet, or number of its tab from 1; the first that is not hidden if absent. */
  readonly sheet?: string | number | undefined
  /** Hears which sheet is read, before the first row. */
  readonly onSheet?: ((read: ReadSheet) => void) | undefined
  /** As of `openZip`. */
  readonly maxUnpackedMb?: number | undefined
}

export interface ReadSheet {
  readonly name: string
  /** How many sheets of the workbook are not read. */
  readonly others: number
}

/**
 * Reads one sheet of a workbook. The first row with a cell is the header. Every cell is text, as a
 * spreadsheet writes it to CSV; dates are ISO 8601. Rows without text are skipped. Cells to the
 * right of the header are left out. A row with a formula whose value is not stored is a failed
 * outcome.
 *
 * The bytes go to a temporary file first, because a workbook's directory is at its end. The shared
 * strings, every different text once, stay in memory, packed, until the end. Rows pass through.
 *
 * Errors: INPUT_SYNTAX_INVALID if the bytes are not a workbook; INPUT_TOO_LARGE if it unpacks to
 * too much, before anything is unpacked; FIELD_TOO_LARGE; DEPENDENCY_MISSING if saxes or yauzl is
 * not installed; USAGE_INVALID if there is no such sheet, or the sheet is empty, or ends before
 * `headerRow`.
 */
export function readXlsx(options: ReadXlsxOptions = {}): ReadGroups {
  const { headerRow = 1, maxUnpackedMb, sheet, onSheet } = options
  return async function* readGroups(bytes, tellColumns, signal) {
    await loadSaxes() // If it is missing, nothing is copied.
    const file = await copyToTemporaryFile(bytes, tmpdir(), signal)
    const table = makeSheetTable(options)
    const grouping = groupRecords()
    let lastLine = 0
    try {
      const zip = await openZip(file, signal, maxUnpackedMb)
      const workbook = await readWorkbook(zip)
      const chosen = chooseSheet(workbook.sheets, sheet)
      onSheet?.({ name: chosen.name, others: workbook.sheets.length - 1 })
      for await (const rows of readSheet(zip, workbook, chosen)) {
        for (const row of rows) {
          lastLine = row.line
          if (row.fields.length === 0 || lastLine < headerRow) continue
          const isHeader = table.columns() === undefined
          const record = table.take(row)
          if (isHeader) tellColumns(table.columns() ?? [])
          if (record === undefined) continue
          // An empty cell takes memory too.
          const length = row.fields.reduce((sum, field) => sum + field.length + 1, 0)
          const group = grouping.add(record, length)
          if (group !== undefined) yield group
        }
        const group = grouping.rest()
        if (group.length > 0) yield group
      }
      if (lastLine < headerRow && headerRow > 1) throw headerMissing(headerRow, lastLine, 'row')
      if (table.columns() === undefined) {
        throw sheetEmpty(chosen, { sheets: workbook.sheets, headerRow })
      }
    } catch (error) {
      if (BatchError.isInstance(error)) throw error
      const { code, syscall } = error as NodeJS.ErrnoException
      if (syscall !== undefined) throw cannotReadBack(code, error)
      throw workbookInvalid(await startOf(file), error)
    } finally {
      await file.close()
    }
  }
}

/**
 * The rows of a piece at once. The shared strings and the styles, to which cells refer, are read
 * first.
 *
 * @throws {Error} if the archive is not a workbook, or is damaged.
 */
async function* readSheet(
  zip: Zip,
  { styles, sharedStrings, isFrom1904 }: Workbook,
  { part }: ChosenSheet,
): AsyncGenerator<Iterable<SheetRow>> {
  const numberFormats = styles === undefined ? [] : await readNumberFormats(zip.readText(styles))
  const strings =
    sharedStrings === undefined
      ? createStringTable()
      : await readSharedStrings(zip.readText(sharedStrings))
  yield* readSheetRows(zip.readText(part), { sharedStrings: strings, numberFormats, isFrom1904 })
}

/** The start of an Office file with a password, and of one in the format before .xlsx. */
const compoundSignature = 'd0cf11e0a1b11ae1'

async function startOf(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
  return buffer.subarray(0, bytesRead).toString('hex')
}

function workbookInvalid(start: string, cause: unknown): BatchError {
  return runError(
    'INPUT_SYNTAX_INVALID',
    start === compoundSignature
      ? 'The workbook has a password, or is an old .xls workbook'
      : 'The input is not an .xlsx workbook, or is damaged',
    'Open it in a spreadsheet, and save it again as .xlsx without a password, or as CSV in UTF-8.',
    cause,
  )
}

/** An error of the disk says nothing about the workbook. */
function cannotReadBack(code: string | undefined, cause: unknown): BatchError {
  return runError(
    'INPUT_UNREADABLE',
    `The input could not be read back from ${tmpdir()}: ${code}`,
    'Check the disk, set TMPDIR to another folder, or save the input as CSV.',
    cause,
  )
}
