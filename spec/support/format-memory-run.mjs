/**
 * Copies rows from one file to another through the built library, and prints how many there were, the megabytes in use
 * at each tenth of them and the most memory that this process took, as JSON. The input `group` makes a Parquet file of
 * one row group.
 *
 *     node --expose-gc format-memory-run.mjs in.csv out.parquet 300000
 */
import { writeFileSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { mapRows, readRows, writeRows } from '../../dist/lib/index.js'
import { peakRssMb } from './peak-rss.mjs'

const [from, to, rowsText] = process.argv.slice(2)
const rows = Number(rowsText)
const usedMb = []
let count = 0

const columnsOf = index => ({
  id: String(index),
  text: `${index} ${Math.sin(index)} ${'word '.repeat(40)}${Math.cos(index)}`,
})

function sample() {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  usedMb.push((heapUsed + external) / 2 ** 20)
}

function answered(row) {
  if (row.kind !== 'row') throw row.error
  count += 1
  if (count % Math.floor(rows / 10) === 0) sample()
  const { id, text } = row.columns
  const prompt = { kind: 'prompt', row, text: '', hash: '', fragments: [], options: {} }
  const answer = { text: 'yes', finishReason: 'stop', usage: {}, startedAtMs: 0, durationMs: 1 }
  return { kind: 'answered', row: { ...row, columns: { id, text } }, prompt, answer, attempts: 1 }
}

if (from === 'group') {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const all = Array.from({ length: rows }, (_, index) => columnsOf(index))
  const columnData = ['id', 'text'].map(name => ({ name, data: all.map(row => row[name]) }))
  writeFileSync(to, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: rows })))
} else {
  await pipeline(readRows(from), mapRows(answered), writeRows(to, { overwrite: true }))
}
process.stdout.write(JSON.stringify({ count, usedMb, peakMb: peakRssMb() }))
