import type { ErrorCode } from '../../error/error-code.js'
import { printableLine } from '../../host/printable.js'
import type { BatchArchive, StoredFailure } from '../../port/batch-archive.js'
import type { RecordedConfig } from '../../port/stored-batch.js'
import { keysOf } from '../../row/written-form.js'
import { joinTexts, type OutputDocument } from '../../sink/document/output-document.js'
import { writeFailures } from '../../sink/failures/write-failures.js'
import type { OutputTarget } from '../../sink/target/output-target.js'
import { streamTarget } from '../../sink/target/stream-target.js'
import { pluralText } from '../text/amount-text.js'
import { exitCodes, isClosedPipe } from '../text/exit-code.js'
import type { RunCommand } from '../words/command.js'
import { failureFormats, readChoice } from '../words/read-value.js'
import { findMeantBatch, withArchive } from './with-archive.js'

/** Rows in one write. */
const pieceRows = 256
/** Most column names in one line on the terminal. */
const shownColumns = 10
/** The error code of a record that was not a row. */
const unreadable = 'RECORD_INVALID' satisfies ErrorCode

/**
 * `llm batch errors [ID]`: writes the failed rows as an input for `llm batch`, any number of them.
 */
export const runBatchErrors: RunCommand = async (given, surroundings) => {
  const format = readChoice(given.texts.format ?? 'csv', '--format', failureFormats)
  return withArchive(given, surroundings, async archive => {
    const [asked] = given.operands
    const { id, config, failedPrompts } = await findMeantBatch(archive, asked)
    if (asked === undefined) surroundings.stderr.write(newestText(id, failedPrompts))
    const rows = format === 'csv' ? rowsOnly(archive.readFailures) : archive.readFailures
    const { columns, nested } =
      format === 'csv' ? await columnsOf(rows(id), config) : { columns: [], nested: [] }
    const document = await writeFailures(format, columns)
    try {
      await writeAll(rows(id), document, streamTarget(surroundings.stdout))
    } catch (error) {
      if (!isClosedPipe(error)) throw error
      return exitCodes.allAnswered
    }
    const errors = format === 'csv' ? await archive.countErrors(id) : []
    const leftOut = errors.find(({ code }) => code === unreadable)?.count ?? 0
    if (leftOut > 0) surroundings.stderr.write(leftOutText(leftOut))
    if (nested.length > 0) surroundings.stderr.write(nestedText(nested))
    return exitCodes.allAnswered
  })
}

/**
 * Leaves out records that were not rows: in a table their cells would be empty, and a batch would
 * ask about them.
 */
function rowsOnly(read: BatchArchive['readFailures']): BatchArchive['readFailures'] {
  return async function* (id) {
    for await (const failure of read(id)) if (failure.errorCode !== unreadable) yield failure
  }
}

/** Rows do not say which batch they are of. */
function newestText(id: string, failed: number): string {
  return `${printableLine(id)}: ${pluralText(failed, 'failed row')}\n`
}

function leftOutText(count: number): string {
  const records = pluralText(count, 'record')
  return `Left out of the CSV: ${records} of the input that could not be read as rows. See them with --format jsonl.\n`
}

/** A template with a path finds nothing in a cell. */
function nestedText(columns: readonly string[]): string {
  const more = columns.length - shownColumns
  const shown = columns.slice(0, shownColumns).map(printableLine).join(', ')
  const names = more > 0 ? `${shown} and ${more} more` : shown
  return `Lists and objects are mere text in the CSV, in: ${names}. --format jsonl keeps them as they were.\n`
}

/**
 * All columns of all rows, in the order in which they first occur, or without a row those of the
 * input; and those with a list or an object in any row.
 */
async function columnsOf(
  failures: AsyncIterable<StoredFailure>,
  { columns: ofInput }: RecordedConfig,
) {
  const names = new Set<string>()
  const nested = new Set<string>()
  for await (const { columns } of failures) {
    for (const name of keysOf(columns)) {
      const value = columns[name]
      names.add(name)
      if (typeof value === 'object' && value !== null) nested.add(name)
    }
  }
  if (names.size === 0 && Array.isArray(ofInput))
    return { columns: ofInput.map(String), nested: [] }
  return { columns: [...names], nested: [...nested] }
}

async function writeAll(
  failures: AsyncIterable<StoredFailure>,
  document: OutputDocument<StoredFailure>,
  target: OutputTarget,
): Promise<void> {
  let piece: string[] = []
  let isFirst = true
  const write = async () => {
    await target.write(Buffer.from(joinTexts(document, piece, isFirst)))
    isFirst = false
    piece = []
  }
  for await (const failure of failures) {
    piece.push(document.textOf(failure))
    if (piece.length === pieceRows) await write()
  }
  if (piece.length > 0) await write()
  await target.write(Buffer.from(isFirst ? document.empty : document.closing))
}
