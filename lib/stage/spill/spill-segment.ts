import type { FileHandle } from 'node:fs/promises'
import { writeWhole } from '../../disk/write-whole.js'
import { type BatchError, runError } from '../../error/batch-error.js'

/** A text with the index of its row. */
export interface SpilledRow {
  readonly index: number
  readonly bytes: Buffer
}

/** Texts of rows in a data file, with an index file of their positions. Calls must not overlap. */
export interface SpillSegment {
  /** Rows that were put and not taken. */
  readonly rows: () => number
  /** Size of the data file. */
  readonly size: () => number
  readonly append: (added: readonly SpilledRow[]) => Promise<void>
  readonly take: (range: SpillRange) => Promise<TakenRow[]>
}

/** A range of rows. */
export interface SpillRange {
  readonly from: number
  readonly count: number
  /** Longer texts stay in the file. No limit if absent. */
  readonly mostBytes?: number | undefined
}

export interface TakenRow {
  readonly index: number
  /** Absent for a text that is too long; the text stays in the file. */
  readonly bytes: Buffer | undefined
}

/**
 * Bytes of an entry of the index file: offset in the data file and length plus one, 6 bytes each. 0
 * means no row.
 */
const entryWidth = 12
/**
 * Entries that are read, changed and written together, because neighbours finish at about the same
 * time.
 */
const pageEntries = 4096
/** Bytes. Texts no farther apart are read together, with the gap. */
const readGap = 65_536
const readSize = 1_048_576

interface Entry {
  readonly index: number
  readonly offset: number
  readonly length: number
}

/** Keeps nothing per row in memory. Empties both files when the last row is taken. */
export function createSpillSegment(data: FileHandle, index: FileHandle): SpillSegment {
  let rows = 0
  let size = 0
  return { rows: () => rows, size: () => size, append, take }

  async function append(added: readonly SpilledRow[]): Promise<void> {
    const bytes = Buffer.concat(added.map(row => row.bytes))
    await writeWhole(data, bytes, size)
    const entries: Entry[] = []
    for (const row of added) {
      entries.push({ index: row.index, offset: size, length: row.bytes.length })
      size += row.bytes.length
    }
    for (const [page, inPage] of byPage(entries)) await enter(page, inPage)
    rows += added.length
  }

  async function enter(page: number, entries: readonly Entry[]): Promise<void> {
    const start = page * pageEntries
    const bytes = await readUpTo(index, pageEntries * entryWidth, start * entryWidth)
    for (const entry of entries) {
      const at = (entry.index - start) * entryWidth
      if (bytes.readUIntLE(at + 6, 6) !== 0) throw rowTwice(entry.index)
      bytes.writeUIntLE(entry.offset, at, 6)
      bytes.writeUIntLE(entry.length + 1, at + 6, 6)
    }
    await writeWhole(index, bytes, start * entryWidth)
  }

  async function take({ from, count, mostBytes = Infinity }: SpillRange): Promise<TakenRow[]> {
    const bytes = await readUpTo(index, count * entryWidth, from * entryWidth)
    const entries: Entry[] = []
    const taken: TakenRow[] = []
    for (let at = 0; at < bytes.length; at += entryWidth) {
      const length = bytes.readUIntLE(at + 6, 6) - 1
      const row = from + at / entryWidth
      if (length > mostBytes) taken.push({ index: row, bytes: undefined })
      else if (length >= 0) entries.push({ index: row, offset: bytes.readUIntLE(at, 6), length })
    }
    rows -= entries.length
    for (const together of readings(entries)) taken.push(...(await read(together)))
    if (rows === 0) await empty()
    return taken
  }

  async function read(entries: readonly Entry[]): Promise<TakenRow[]> {
    const start = entries[0]?.offset ?? 0
    const bytes = await readUpTo(data, endOf(entries.at(-1)) - start, start)
    return entries.map(({ index, offset, length }) => ({
      index,
      bytes: bytes.subarray(offset - start, offset - start + length),
    }))
  }

  async function empty(): Promise<void> {
    await data.truncate(0)
    await index.truncate(0)
    size = 0
  }
}

function byPage(entries: readonly Entry[]): Map<number, Entry[]> {
  const pages = new Map<number, Entry[]>()
  for (const entry of entries) {
    const page = Math.floor(entry.index / pageEntries)
    const inPage = pages.get(page)
    if (inPage === undefined) pages.set(page, [entry])
    else inPage.push(entry)
  }
  return pages
}

/** Groups entries into reads that waste little and are small, in the order of the data file. */
function readings(entries: Entry[]): Entry[][] {
  const groups: Entry[][] = []
  // An empty text sorts before a text at the same offset, so that the last entry ends last.
  for (const entry of entries.sort((a, b) => a.offset - b.offset || a.length - b.length)) {
    const group = groups.at(-1)
    const isNear = group !== undefined && entry.offset - endOf(group.at(-1)) <= readGap
    const isSmall = endOf(entry) - (group?.[0]?.offset ?? 0) <= readSize
    if (isNear && isSmall) group.push(entry)
    else groups.push([entry])
  }
  return groups
}

function endOf(entry: Entry | undefined): number {
  return entry === undefined ? 0 : entry.offset + entry.length
}

/** Fills with zeros beyond the end of the file. */
async function readUpTo(file: FileHandle, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let read = 0
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return bytes
}

/** A bug in an earlier stage: each row has one outcome. */
export function rowTwice(index: number): BatchError {
  return runError('ROWS_NOT_CONSERVED', `Row ${index} has two outcomes`)
}
