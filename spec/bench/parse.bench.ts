/**
 * How fast each format is read, as MB/s and rows/s, and as a share of reading the same file and
 * doing nothing.
 *
 * Shows: what parsing costs on this machine, from bytes on the disk to rows, without a model and
 * without a sink. Does not show: how fast a batch is; the model's server is slower than the slowest
 * of these by far. Figures of one run compare with one another; those of two machines do not.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openSource } from '../../lib/source/open-source.js'

const megabyte = 1_000_000
const fileBytes = Number(process.env.BENCH_MB ?? 50) * megabyte
const prose =
  'Arrived on time, does what it says; the lid, however, "clicks" — and the colour is off.'

interface BenchRow {
  readonly id: number
  readonly review: string
  readonly rating: number
}

const formats = {
  txt: ({ id, review }: BenchRow) => `${id} ${review}\n`,
  csv: ({ id, review, rating }: BenchRow) => `${id},"${review.replaceAll('"', '""')}",${rating}\n`,
  tsv: ({ id, rating }: BenchRow) =>
    `${id}\tplain words without any quotes in them, as many as fit\t${rating}\n`,
  jsonl: (row: BenchRow) => `${JSON.stringify(row)}\n`,
  json: (row: BenchRow) => `${row.id === 0 ? '[' : ',\n'}${JSON.stringify(row)}`,
} as const
const heads: Partial<Record<keyof typeof formats, string>> = {
  csv: 'id,review,rating\n',
  tsv: 'id\treview\trating\n',
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parse-bench-'))
  try {
    console.log('format      MB/s    rows/s   share of a bare read')
    for (const format of Object.keys(formats) as (keyof typeof formats)[]) {
      const path = join(folder, `rows.${format}`)
      await pipeline(Readable.from(linesOf(format)), createWriteStream(path))
      await report(format, path)
      await rm(path)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function* linesOf(format: keyof typeof formats): Generator<string> {
  const write = formats[format]
  let text = heads[format] ?? ''
  let bytes = 0
  for (let id = 0; bytes < fileBytes; id += 1) {
    text += write({ id, review: prose, rating: id % 5 })
    if (text.length < 65_536) continue
    yield text
    bytes += text.length
    text = ''
  }
  yield format === 'json' ? `${text}]\n` : text
}

async function report(format: string, path: string): Promise<void> {
  const { size } = await stat(path)
  await timed(() => readBare(path))
  const bare = await timed(() => readBare(path))
  const first = await timed(() => readRows(path))
  const second = await timed(() => readRows(path))
  const best = Math.min(first.seconds, second.seconds)
  const columns = [
    format.padEnd(6),
    (size / megabyte / best).toFixed(0).padStart(9),
    (second.count / best).toFixed(0).padStart(9),
    `${((100 * bare.seconds) / best).toFixed(0)} %`.padStart(9),
  ]
  console.log(columns.join(' '))
}

async function timed(
  work: () => Promise<number>,
): Promise<{ readonly seconds: number; readonly count: number }> {
  const startedMs = performance.now()
  const count = await work()
  return { seconds: (performance.now() - startedMs) / 1000, count }
}

async function readBare(path: string): Promise<number> {
  let bytes = 0
  for await (const chunk of createReadStream(path)) bytes += (chunk as Buffer).length
  return bytes
}

async function readRows(path: string): Promise<number> {
  const source = await openSource({ path, stdin: Readable.from([]) })
  let rows = 0
  source.rows.on('data', () => {
    rows += 1
  })
  await new Promise((resolve, reject) => source.rows.once('end', resolve).once('error', reject))
  return rows
}

await main()
