import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { BatchError, runError } from '../../error/batch-error.js'
import type { SourceRecord } from '../../row/outcome.js'
import { gatherGroups } from '../record/gather-groups.js'
import { tableRows } from '../table/table-rows.js'
import { copyToTemporaryFile } from './copy-to-temporary-file.js'
import { openZip } from './open-zip.js'
import { readFirstSheet } from './read-first-sheet.js'
import type { SheetRow } from './read-sheet-rows.js'
import { loadXmlWalker } from './walk-xml.js'

export interface ReadXlsxOptions {
  /** For specs: imports the XML library, or fails. */
  readonly importSaxes?: Parameters<typeof loadXmlWalker>[0]
  readonly maxUnpackedMb?: number | undefined
}

/**
 * A workbook's bytes in; groups out, with a record for each row of the first sheet. The first row
 * with a cell is the header. Every cell is text, as a spreadsheet writes it to CSV; dates are ISO
 * 8601.
 *
 * Emits `columns` once, before the first group, and starts to read at once to know them. Rows
 * without text are skipped.
 *
 * The bytes go to a temporary file first, because a workbook's directory is at its end. The shared
 * strings, every different text once, stay in memory, packed, until the end. Rows pass through.
 *
 * Errors: INPUT_SYNTAX_INVALID if the bytes are not a workbook; INPUT_TOO_LARGE if it unpacks to
 * too much, before anything is unpacked; FIELD_TOO_LARGE; DEPENDENCY_MISSING if saxes or yauzl is
 * not installed. An error before the columns is emitted at once; a later error waits until somebody
 * reads.
 */
export function readXlsx(bytes: Readable, options: ReadXlsxOptions = {}): Readable {
  const aborter = new AbortController()
  const groups = readTable()
  let hasColumns = false
  let first: ReturnType<typeof groups.next> | undefined
  const rows = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      const next = first ?? groups.next()
      first = undefined
      next.then(
        ({ value, done }) => rows.push(done === true ? null : value),
        error => rows.destroy(error),
      )
    },
    destroy(error, done) {
      bytes.destroy()
      aborter.abort()
      // The read in progress ends first, so that the file is closed.
      groups.return(undefined).then(() => done(error), done)
    },
  })
  // An error of the bytes may come before anybody reads them. The reader gets it later.
  bytes.once('error', () => {})
  first = groups.next()
  first.catch(error => {
    if (!hasColumns && rows.listenerCount('error') > 0) rows.destroy(error)
  })
  return rows

  async function* readTable(): AsyncGenerator<readonly SourceRecord[]> {
    const walk = await loadXmlWalker(options.importSaxes)
    const file = await copyToTemporaryFile(bytes, { folder: tmpdir(), signal: aborter.signal })
    try {
      const { maxUnpackedMb } = options
      const zip = await openZip(file, { signal: aborter.signal, maxUnpackedMb })
      yield* gatherRows(readFirstSheet(zip, walk), announce)
    } catch (error) {
      if (BatchError.isInstance(error)) throw error
      const { code, syscall } = error as NodeJS.ErrnoException
      throw syscall === undefined ? workbookInvalid(error) : cannotReadBack(code, error)
    } finally {
      await file.close()
    }
    if (!hasColumns) announce([])
  }

  function announce(columns: readonly string[]): void {
    hasColumns = true
    rows.emit('columns', columns)
  }
}

async function* gatherRows(
  pieces: AsyncIterable<Iterable<SheetRow>>,
  announce: (columns: readonly string[]) => void,
): AsyncGenerator<readonly SourceRecord[]> {
  const table = tableRows()
  const gathering = gatherGroups()
  for await (const piece of pieces) {
    for (const { fields, line } of piece) {
      if (fields.length === 0) continue
      const header = table.columns()
      // Empty cells at the end of a row are not in the file.
      while (fields.length < (header?.length ?? 0)) fields.push('')
      const row = table.take({ fields, line, fault: undefined })
      if (header === undefined) announce(table.columns() ?? [])
      if (row === undefined) continue
      // An empty cell takes memory too.
      const length = fields.reduce((sum, field) => sum + field.length + 1, 0)
      const group = gathering.take(row, length)
      if (group !== undefined) yield group
    }
    const group = gathering.rest()
    if (group.length > 0) yield group
  }
}

function workbookInvalid(cause: unknown): BatchError {
  return runError(
    'INPUT_SYNTAX_INVALID',
    'The input is not an .xlsx workbook, or is damaged',
    'Open it in a spreadsheet, and save it again as .xlsx, or as CSV in UTF-8.',
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
