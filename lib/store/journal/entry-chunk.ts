/** Entries as bytes: lines of a journal, each with its line break. Outside of V8's heap they cost no collection. */
export interface EntryChunk {
  readonly rows: number
  readonly lines: Buffer
}

/** So many rows, or bytes, are written to the database in one transaction: more chunks are taken up to there. */
export const groupRows = 2500
export const groupBytes = 2_000_000
/** Characters of a chunk at most, unless its one entry has more. */
const chunkLength = 1_000_000

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

  function closeAt(end: number): void {
    const lines = Buffer.from(`${entries.slice(first, end).join('\n')}\n`)
    chunks.push({ rows: end - first, lines })
    first = end
    length = 0
  }
}

/** How many of the chunks, from the first on, are written together: one at least. */
export function chunksOfGroup(chunks: readonly EntryChunk[]): number {
  let rows = 0
  let bytes = 0
  const end = chunks.findIndex(chunk => {
    const isFull =
      rows > 0 && (rows + chunk.rows > groupRows || bytes + chunk.lines.length > groupBytes)
    rows += chunk.rows
    bytes += chunk.lines.length
    return isFull
  })
  return end === -1 ? chunks.length : end
}

/** The JSON array of all entries. */
export function entriesJson(chunks: readonly EntryChunk[]): Buffer {
  const json = Buffer.concat([Buffer.from('['), ...chunks.map(({ lines }) => lines)])
  // No other byte of JSON is a line break.
  for (let at = json.indexOf(10); at !== -1; at = json.indexOf(10, at + 1)) json[at] = comma
  json[json.length - 1] = bracket
  return json
}

const comma = ','.charCodeAt(0)
const bracket = ']'.charCodeAt(0)
