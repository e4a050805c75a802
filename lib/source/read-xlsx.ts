import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { SourceRecord } from '../row/outcome.js'
import { keepInFile } from './keep-in-file.js'
import { openZip } from './open-zip.js'
import { readFirstSheet } from './read-first-sheet.js'
import { tableRows } from './table-rows.js'
import { loadXmlWalker } from './walk-xml.js'

export interface ReadXlsxOptions {
  /** For specs of what happens where it is not installed. */
  readonly importSaxes?: Parameters<typeof loadXmlWalker>[0]
}

/**
 * A workbook's bytes in, a record for each row of its first sheet out; the first row with a cell in it is the
 * header. Every cell is text, as a spreadsheet would write it to CSV, dates as ISO 8601.
 *
 * Emits `columns` once, before the first record, and begins to read at once to know them.
 * Rows without any text are no records.
 *
 * The bytes are kept in a temporary file first, since what tells the parts of a workbook apart is at its end.
 * Its shared strings, every different text of it once, are in memory for as long as it is read, packed; rows pass
 * through.
 *
 * Errors: INPUT_SYNTAX_INVALID when it is no workbook; DEPENDENCY_MISSING when saxes or yauzl is not installed.
 */
export function readXlsx(bytes: Readable, { importSaxes }: ReadXlsxOptions = {}): Readable {
  const aborter = new AbortController()
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
      aborter.abort()
      // What is being read comes to its end first, so that the file is closed.
      records.return(undefined).then(() => done(error), done)
    },
  })
  // It may come before anybody reads from it.
  bytes.once('error', error => rows.destroy(error))
  rows.read(0)
  return rows

  async function* readTable(): AsyncGenerator<SourceRecord> {
    const walk = await loadXmlWalker(importSaxes)
    const file = await keepInFile(bytes, { folder: tmpdir(), signal: aborter.signal })
    const table = tableRows()
    try {
      const zip = await openZip(file, aborter.signal)
      for await (const { fields, line } of readFirstSheet(zip, walk)) {
        if (fields.length === 0) continue
        const header = table.columns()
        // Cells at the end of a row that were never filled are not in the file.
        while (fields.length < (header?.length ?? 0)) fields.push('')
        const row = table.take({ fields, line, fault: undefined })
        if (header === undefined) rows.emit('columns', table.columns())
        if (row !== undefined) yield row
      }
    } catch (error) {
      throw BatchError.isInstance(error) ? error : workbookInvalid(error)
    } finally {
      await file.close()
    }
    if (table.columns() === undefined) rows.emit('columns', [])
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
