import { createReadStream } from 'node:fs'
import { open, stat, truncate } from 'node:fs/promises'
import type { OutputFormat } from '../../port/row-sink.js'

const lineBreak = 0x0a
const quote = 0x22
const jsonEnd = '\n]\n'
const noJson = '[]\n'

/**
 * Whether a document of ours was closed, as its end says; a line break at the end of a table may be
 * one in a cell.
 */
export async function isClosed(path: string, format: OutputFormat): Promise<boolean> {
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

/** Closes a document of ours that a kill left open: what is torn of its last record is cut off. */
export async function mendDocument(path: string, format: OutputFormat): Promise<void> {
  // A JSON document that is closed ends in no record. Of the others, only what is behind the last
  // one goes.
  if (format === 'json' && (await isClosed(path, format))) return
  const end = await endOfLastLine(path, format)
  if (format === 'json') await mendJson(path, end)
  else await truncate(path, end)
}

/** Bytes up to the last line break that is not inside a quoted cell. */
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

function isTable(format: OutputFormat): boolean {
  return format === 'csv' || format === 'tsv'
}

/**
 * Each record is a line; the comma and the break that part it from the one before are written with
 * it.
 */
async function mendJson(path: string, lineStart: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const before = Math.max(0, lineStart - 2)
    const bytes = Buffer.alloc(size - before)
    await file.read(bytes, 0, bytes.length, before)
    const end = before + endOfRecords(bytes.toString('latin1'), lineStart - before)
    const isEmpty = end <= 1
    await file.truncate(isEmpty ? 0 : end)
    await file.write(isEmpty ? noJson : jsonEnd, isEmpty ? 0 : end)
  } finally {
    await file.close()
  }
}

/** Where the last whole record ends in a text that begins two bytes before the last line. */
function endOfRecords(text: string, lineStart: number): number {
  const record = text.slice(lineStart).replace(/,$/, '')
  if (lineStart === 2 && isWhole(record)) return lineStart + record.length
  // Before the line is `,` and a break, or, where the end was being written, a break alone.
  return text.startsWith(',') ? 0 : 1
}

function isWhole(record: string): boolean {
  try {
    return typeof JSON.parse(record) === 'object'
  } catch {
    return false
  }
}
