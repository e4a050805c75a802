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
  /** For specs of what happens where it is not installed. */
  readonly importSaxes?: Parameters<typeof loadXmlWalker>[0]
  readonly maxUnpackedMb?: number | undefined
}

/**
 * A workbook's bytes in, groups of a record for each row of its first sheet out; the first row with
 * a cell in it is the header. Every cell is text, as a spreadsheet would write it to CSV, dates as
 * ISO 8601.
 *
 * Emits `columns` once, before the first group, and begins to read at once to know them. Rows
 * without any text are no records.
 *
 * The bytes are kept in a temporary file first, since what tells the parts of a workbook apart is
 * at its end. Its shared strings, every different text of it once, are in memory for as long as it
 * is read, packed; rows pass through.
 *
 * Errors: INPUT_SYNTAX_INVALID when it is no workbook; INPUT_TOO_LARGE when it would unpack to too
 * much, before anything of it is unpacked; FIELD_TOO_LARGE; DEPENDENCY_MISSING when saxes or yauzl
 * is not installed. One that comes before the columns is told at once to whoever listens; otherwise
 * it waits until somebody reads.
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
      // What is being read comes to its end first, so that the file is closed.
      groups.return(undefined).then(() => done(error), done)
    },
  })
  // Whoever reads the bytes finds their error; it may come before that.
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
      // Cells at the end of a row that were never filled are not in the file.
      while (fields.length < (header?.length ?? 0)) fields.push('')
      const row = table.take({ fields, line, fault: undefined })
      if (header === undefined) announce(table.columns() ?? [])
      if (row === undefined) continue
      // An empty cell takes room as well.
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
    'The input is no .xlsx workbook, or a damaged one',
    'Open it in a spreadsheet and save it anew as .xlsx, or as CSV in UTF-8.',
    cause,
  )
}

/** The disk has failed, and says nothing about the workbook. */
function cannotReadBack(code: string | undefined, cause: unknown): BatchError {
  return runError(
    'INPUT_UNREADABLE',
    `The input could not be read back from ${tmpdir()}: ${code}`,
    'See to the disk there, name another folder in TMPDIR, or save the input as CSV.',
    cause,
  )
}
