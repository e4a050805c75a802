/** Entries as lines of a journal. */
export interface EntryChunk {
  readonly rows: number
  readonly bytes: number
  /** Whether it is one long entry, which its file alone is to hold. */
  readonly isLong: boolean
  /**
   * The lines, each with its line break. Undefined if they were in a file alone that lacks them by now: another process
   * has written them to the database and cut them off.
   */
  readonly lines: () => Buffer | undefined
}

/** So many rows, or bytes, are written to the database in one transaction: more chunks are taken up to there. */
export const groupRows = 2500
export const groupBytes = 1_000_000
/** Characters of a chunk at most; an entry of more is long. */
const chunkLength = 1_000_000

export function isLongEntry(entry: string): boolean {
  return entry.length > chunkLength
}

/** The entries in chunks, in their order. */
export function entryChunks(entries: readonly string[]): EntryChunk[] {
  const chunks: EntryChunk[] = []
  let first = 0
  let length = 0
  entries.forEach((entry, index) => {
    if (index > first && length + entry.length > chunkLength) closeAt(index)
    length += entry.length
  })
  if (first < entries.length) closeAt(entries.length)
  return chunks

  // As bytes, lines that wait for the database cost V8's collector nothing, and are encoded once.
  function closeAt(end: number): void {
    const lines = Buffer.from(`${entries.slice(first, end).join('\n')}\n`)
    const isLong = isLongEntry(entries[first] ?? '')
    chunks.push({ rows: end - first, bytes: lines.length, isLong, lines: () => lines })
    first = end
    length = 0
  }
}

/** How many of the chunks, from the first on, are written together: one at least. */
export function chunksOfGroup(chunks: readonly EntryChunk[]): number {
  let rows = 0
  let bytes = 0
  const end = chunks.findIndex(chunk => {
    const isTooMuch = rows + chunk.rows > groupRows || bytes + chunk.bytes > groupBytes
    if (rows > 0 && isTooMuch) return true
    rows += chunk.rows
    bytes += chunk.bytes
    return false
  })
  return end === -1 ? chunks.length : end
}

/** The JSON array of all entries that are there. */
export function entriesJson(chunks: readonly EntryChunk[]): Buffer {
  const lines = chunks.map(chunk => chunk.lines()).filter(found => found !== undefined)
  if (lines.length === 0) return Buffer.from('[]')
  const json = Buffer.concat([Buffer.from('['), ...lines])
  // No other byte of JSON is a line break.
  for (let at = json.indexOf(lineBreak); at !== -1; at = json.indexOf(lineBreak, at + 1)) {
    json[at] = comma
  }
  json[json.length - 1] = bracket
  return json
}

const lineBreak = 0x0a
const comma = 0x2c
const bracket = 0x5d
