/** Entries as lines of a journal. */
export interface EntryChunk {
  readonly rows: number
  readonly bytes: number
  /** Whether the chunk is one long entry, which stays in the file only. */
  readonly isLong: boolean
  /**
   * The lines with their line breaks. Undefined if they were only in the file, and another process
   * has written them to the database and cut them off.
   */
  readonly lines: () => Buffer | undefined
}

/** Bounds of one transaction. */
export const groupBound: GroupBound = { rows: 2500, bytes: 2_000_000 }
/** Most characters of a chunk. A longer entry is a long one. */
const chunkLength = 1_000_000

export function isLongEntry(entry: string): boolean {
  return entry.length > chunkLength
}

/** Puts entries into chunks, in their order. */
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

  // As bytes: waiting lines cost the garbage collector nothing, and are encoded once.
  function closeAt(end: number): void {
    const lines = Buffer.from(`${entries.slice(first, end).join('\n')}\n`)
    const isLong = isLongEntry(entries[first] ?? '')
    chunks.push({ rows: end - first, bytes: lines.length, isLong, lines: () => lines })
    first = end
    length = 0
  }
}

export interface GroupBound {
  readonly rows: number
  readonly bytes: number
}

/** Puts chunks into groups. A group ends with the chunk that reaches a bound. */
export function* groupsOf(
  chunks: readonly EntryChunk[],
  bound: GroupBound = groupBound,
): Generator<readonly EntryChunk[]> {
  for (let rest = chunks; rest.length > 0; ) {
    const count = chunksUpTo(bound, rest)
    yield rest.slice(0, count)
    rest = rest.slice(count)
  }
}

function chunksUpTo(bound: GroupBound, chunks: readonly EntryChunk[]): number {
  let rows = 0
  let bytes = 0
  const last = chunks.findIndex(chunk => {
    rows += chunk.rows
    bytes += chunk.bytes
    return rows >= bound.rows || bytes >= bound.bytes
  })
  return last === -1 ? chunks.length : last + 1
}

/** The JSON array of all available entries. */
export function entriesJson(chunks: readonly EntryChunk[]): Buffer {
  const lines = chunks.map(chunk => chunk.lines()).filter(found => found !== undefined)
  if (lines.length === 0) return Buffer.from('[]')
  const json = Buffer.concat([Buffer.from('['), ...lines])
  // JSON has no other line breaks.
  for (let at = json.indexOf(lineBreak); at !== -1; at = json.indexOf(lineBreak, at + 1)) {
    json[at] = comma
  }
  json[json.length - 1] = bracket
  return json
}

const lineBreak = 0x0a
const comma = 0x2c
const bracket = 0x5d
