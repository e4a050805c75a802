import { createReadStream } from 'node:fs'
import { open, stat, truncate } from 'node:fs/promises'
import { isPacked, isTable, type OutputFormat } from '../../port/row-sink.js'
import { isPackClosed } from '../packed/is-pack-closed.js'

const lineBreak = 0x0a
const quote = 0x22
const jsonEnd = '\n]\n'
const noJson = '[]\n'

/**
 * Whether the end of a document of ours says that it was closed. (A line break at the end of a
 * table may be inside a cell.)
 */
export async function isClosed(path: string, format: OutputFormat): Promise<boolean> {
  if (isPacked(format)) return isPackClosed(path, format)
  if (isTable(format)) {
    const { size } = await stat(path)
    return size > 0 && (await endOfLastLine(path, format)) === size
  }
  const ending = Buffer.from(format === 'json' ? ']\n' : '\n')
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const last = Buffer.alloc(ending.length)
    await file.read(last, 0, last.length, Math.max(0, size - last.length))
    return last.equals(ending)
  } finally {
    await file.close()
  }
}

/**
 * Closes a document of ours that a kill left open. A torn last row is cut off. A packed file stays
 * as it is.
 */
export async function mendDocument(path: string, format: OutputFormat): Promise<void> {
  if (isPacked(format)) return
  // A closed JSON document does not end in a row. Otherwise only the text after the last row
  // is cut off.
  if (format === 'json' && (await isClosed(path, format))) return
  const end = await endOfLastLine(path, format)
  if (format === 'json') await mendJson(path, end)
  else await truncate(path, end)
}

/** Bytes up to the last line break outside of a quoted cell. */
async function endOfLastLine(path: string, format: OutputFormat): Promise<number> {
  const hasQuotes = isTable(format)
  let end = 0
  let position = 0
  let isQuoted = false
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      position += 1
      if (byte === quote && hasQuotes) isQuoted = !isQuoted
      if (byte === lineBreak && !isQuoted) end = position
    }
  }
  return end
}

/** Each row is a line, written with the comma and the line break before it. */
async function mendJson(path: string, lineStart: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const before = Math.max(0, lineStart - 2)
    const bytes = Buffer.alloc(size - before)
    await file.read(bytes, 0, bytes.length, before)
    const end = before + endOfRows(bytes.toString('latin1'), lineStart - before)
    const isEmpty = end <= 1
    await file.truncate(isEmpty ? 0 : end)
    await file.write(isEmpty ? noJson : jsonEnd, isEmpty ? 0 : end)
  } finally {
    await file.close()
  }
}

/** Where the last whole row ends, in a text that starts two bytes before the last line. */
function endOfRows(text: string, lineStart: number): number {
  const row = text.slice(lineStart).replace(/,$/, '')
  if (lineStart === 2 && isWhole(row)) return lineStart + row.length
  // Before the line is a comma and a line break, or only a line break if the closing was in
  // progress.
  return text.startsWith(',') ? 0 : 1
}

function isWhole(row: string): boolean {
  try {
    return typeof JSON.parse(row) === 'object'
  } catch {
    return false
  }
}
