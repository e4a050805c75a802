import type { FileHandle } from 'node:fs/promises'
import { BatchError } from '../error/batch-error.js'

/** A text kept under the index of its row. */
export interface SpillRecord {
  readonly index: number
  readonly bytes: Buffer
}

/** Records in a data file, and an index file that says where each stands. Calls must not overlap. */
export interface SpillSegment {
  /** Records put and not yet taken. */
  readonly rows: () => number
  /** Size of the data file. */
  readonly size: () => number
  readonly append: (records: readonly SpillRecord[]) => Promise<void>
  /** Those of the `count` rows from `from` on that are here, by index. Forgets them. */
  readonly take: (from: number, count: number) => Promise<SpillRecord[]>
}

/** An entry of the index file: offset and length in the data file, 6 bytes each; length 0 is none. */
const entryWidth = 12
/** Entries that are read, changed and written together: neighbours finish at about the same time. */
const pageEntries = 4096
/** Records no farther apart than this are read together, with what lies between. */
const readGap = 65_536
const readSize = 1_048_576

interface Entry {
  readonly index: number
  readonly offset: number
  readonly length: number
}

/** Nothing per row stays in memory. Both files are emptied when the last record is taken. */
export function createSpillSegment(data: FileHandle, index: FileHandle): SpillSegment {
  let rows = 0
  let size = 0
  return { rows: () => rows, size: () => size, append, take }

  async function append(records: readonly SpillRecord[]): Promise<void> {
    const bytes = Buffer.concat(records.map(record => record.bytes))
    await writeWhole(data, bytes, size)
    const entries: Entry[] = []
    for (const record of records) {
      entries.push({ index: record.index, offset: size, length: record.bytes.length })
      size += record.bytes.length
    }
    for (const [page, inPage] of byPage(entries)) await enter(page, inPage)
    rows += records.length
  }

  async function enter(page: number, entries: readonly Entry[]): Promise<void> {
    const start = page * pageEntries
    const bytes = await readUpTo(index, pageEntries * entryWidth, start * entryWidth)
    for (const entry of entries) {
      const at = (entry.index - start) * entryWidth
      if (bytes.readUIntLE(at + 6, 6) !== 0) throw rowTwice(entry.index)
      bytes.writeUIntLE(entry.offset, at, 6)
      bytes.writeUIntLE(entry.length, at + 6, 6)
    }
    await writeWhole(index, bytes, start * entryWidth)
  }

  async function take(from: number, count: number): Promise<SpillRecord[]> {
    const bytes = await readUpTo(index, count * entryWidth, from * entryWidth)
    const entries: Entry[] = []
    for (let at = 0; at < bytes.length; at += entryWidth) {
      const length = bytes.readUIntLE(at + 6, 6)
      if (length === 0) continue
      entries.push({ index: from + at / entryWidth, offset: bytes.readUIntLE(at, 6), length })
    }
    const records: SpillRecord[] = []
    for (const together of readings(entries)) records.push(...(await read(together)))
    rows -= records.length
    if (rows === 0) await empty()
    return records
  }

  async function read(entries: readonly Entry[]): Promise<SpillRecord[]> {
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

/** Entries grouped into reads that waste little and stay small, in the order of the data file. */
function readings(entries: Entry[]): Entry[][] {
  const groups: Entry[][] = []
  for (const entry of entries.sort((a, b) => a.offset - b.offset)) {
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

async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const left = bytes.length - written
    written += (await file.write(bytes, written, left, position + written)).bytesWritten
  }
}

/** Beyond the end of the file there are zeros. */
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

/** A bug of a stage before: each row has one outcome. */
export function rowTwice(index: number): BatchError {
  return new BatchError(`Row ${index} has two outcomes`, {
    code: 'ROWS_NOT_CONSERVED',
    reach: 'run',
  })
}
