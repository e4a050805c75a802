import type { Spend } from '../../port/batch-store.js'
import { type BatchStatus, batchStatuses } from '../../port/stored-batch.js'
import { type EntryChunk, entryChunks, isLongEntry } from './entry-chunk.js'
import { logColumns, rowColumns, toolColumns } from './entry-columns.js'
import { journalInvalid } from './journal-invalid.js'
import { type LinePlace, readLineOf, readLines } from './read-lines.js'

/** The first line of a journal. */
export interface JournalHeader {
  readonly journal: typeof journalVersion
  readonly batch: string
  readonly run: number
  readonly lease: string
  /** Creation time of the batch. With the id, it identifies the batch among all databases. */
  readonly created_at: string
  readonly model: string
  /** Whether the run's answers go to llm's log. */
  readonly log: boolean
}

const journalVersion = 2

/** The content of a journal. */
export interface ReadJournal {
  readonly header: JournalHeader
  /** The entries in order. */
  readonly chunks: readonly EntryChunk[]
  /** JSON of each shared value. */
  readonly shared: readonly string[]
  /** The last spend of the batch, if the batch has a cap. */
  readonly spend?: Spend | undefined
  /** How the run ended, if the database could not record that. */
  readonly end?: BatchStatus | undefined
}

export function headerLine(header: Omit<JournalHeader, 'journal'>): string {
  return `${JSON.stringify({ journal: journalVersion, ...header })}\n`
}

export function sharedLine(json: string): string {
  return `{"shared":${json}}`
}

/** What the batch has spent, when this line was written. */
export function spendLine({ settledUsd, unsettledUsd }: Spend): string {
  return `{"settledUsd":${settledUsd},"unsettledUsd":${unsettledUsd}}`
}

/** The last line of a run whose end the database could not record. */
export function endLine(status: BatchStatus): string {
  return `${JSON.stringify({ end: status })}\n`
}

const beginning = '{"journal":'

/**
 * Reads the whole lines of a journal. A torn last line is left out: its outcomes were never shown.
 *
 * @returns undefined if the header is torn: the process was killed while it created the file.
 * @throws {BatchError} JOURNAL_INVALID for a file that is not a journal, has another version, or is
 * damaged in its middle.
 */
export async function readJournal(path: string): Promise<ReadJournal | undefined> {
  let header: JournalHeader | undefined
  let spend: Spend | undefined
  let end: BatchStatus | undefined
  const chunks: EntryChunk[] = []
  const shared: string[] = []
  let entries: string[] = []
  let count = 0
  const torn = await readLines(path, (bytes, at) => {
    const line = bytes.toString('utf8', 0, bytes.length - 1)
    count += 1
    if (header === undefined) {
      checkBeginning(line, path)
      header = parseHeader(line, path)
      return
    }
    const value = parseLine(line)
    if (isEntry(value)) addEntry(line, { at, bytes: bytes.length })
    else if (isShared(value)) shared.push(JSON.stringify(value.shared))
    else if (isSpend(value)) spend = value
    else if (isEnd(value)) end = value.end
    else throw journalInvalid(path, `its line ${count} is broken`)
  })
  if (header === undefined) {
    checkBeginning(torn.toString('utf8', 0, beginning.length), path)
    return undefined
  }
  chunks.push(...entryChunks(entries))
  return { header, chunks, shared, spend, end }

  function addEntry(line: string, place: LinePlace): void {
    if (!isLongEntry(line)) {
      entries.push(line)
      return
    }
    const { bytes } = place
    const long = { rows: 1, bytes, isLong: true, lines: () => readAgain(path, place) }
    chunks.push(...entryChunks(entries), long)
    entries = []
  }
}

function readAgain(path: string, place: LinePlace): Buffer | undefined {
  try {
    return readLineOf(path, place)
  } catch (error) {
    throw journalInvalid(path, (error as Error).message)
  }
}

function checkBeginning(first: string, path: string): void {
  if (!first.startsWith(beginning.slice(0, first.length)))
    throw journalInvalid(path, 'it is not a journal')
}

function parseHeader(line: string, path: string): JournalHeader {
  const header = parseLine(line) as Partial<JournalHeader> | undefined
  if (header?.journal !== journalVersion) {
    const version =
      header === undefined ? 'its first line is broken' : 'it is of another version of llm batch'
    throw journalInvalid(path, version)
  }
  const { batch, run, lease, created_at, model, log } = header
  const texts = [batch, lease, created_at, model]
  const isWhole = Number.isInteger(run) && typeof log === 'boolean'
  if (!isWhole || texts.some(text => typeof text !== 'string')) {
    throw journalInvalid(path, 'its first line is broken')
  }
  return header as JournalHeader
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) ?? undefined
  } catch {
    return undefined
  }
}

function isEntry(value: unknown): boolean {
  return Array.isArray(value) && entryLengths.includes(value.length) && Number.isInteger(value[0])
}

const logged = rowColumns.length + logColumns.length
/** An entry that is not logged has no `log_id`. */
const entryLengths = [rowColumns.length - 1, logged, logged + toolColumns.length]

function isShared(value: unknown): value is { readonly shared: readonly unknown[] } {
  const shared = (value as { readonly shared?: unknown } | undefined)?.shared
  return Array.isArray(shared) && shared.length === 4
}

function isSpend(value: unknown): value is Spend {
  const { settledUsd, unsettledUsd } = (value ?? {}) as Partial<Spend>
  return Number.isFinite(settledUsd) && Number.isFinite(unsettledUsd)
}

function isEnd(value: unknown): value is { readonly end: BatchStatus } {
  const end = (value as { readonly end?: unknown } | undefined)?.end
  return batchStatuses.some(status => status === end)
}
