/**
 * Peak memory by rows and format, with the `echo` model, so that the stages are at their fastest;
 * then over the network, with prompts of 4 KB and answers of 2 KB.
 *
 * Shows whether memory has a number: the columns must not grow from left to right. Hold: flat, <
 * 200 MB in both tables. Does not show a slow reader or a straggler: the specs of spec/flow and
 * spec/command do. BENCH_MEMORY_ROWS and BENCH_WIDE_ROWS set the sizes, such as
 * 10000,1000000,10000000.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'
import { startBenchServer } from './bench-server.js'
import { type Measured, numbersOf } from './measured-run.js'
import { runFreshBatch } from './run-fresh-batch.js'

const folder = await makeBenchFolder()
const server = await startBenchServer({ answerBytes: 2_000 })
const { url } = server
const concurrency = 100
try {
  const sizes = numbersOf(process.env.BENCH_MEMORY_ROWS ?? '10000,1000000')
  printHead(sizes)
  for (const format of ['csv', 'json', 'jsonl', 'txt']) {
    await printPeaks(`${format}, echo`, sizes, rows => echo(format, rows))
  }
  const wideSizes = numbersOf(process.env.BENCH_WIDE_ROWS ?? '10000,50000')
  console.log()
  printHead(wideSizes)
  await printPeaks('csv, 4 KB asked, 2 KB answered', wideSizes, wide)
} finally {
  server.stop()
  await folder.remove()
}

async function echo(format: string, rows: number): Promise<Measured> {
  const input = await writeBenchInput(join(folder.path, `in.${format}`), { rows })
  const run = join(folder.path, 'run')
  const changes = {
    model: 'echo',
    output: join(run, `out.${format === 'txt' ? 'jsonl' : format}`),
    template: format === 'txt' ? '{prompt}' : 'Classify: {review}',
  }
  return measured(input, { folder: run, changes })
}

async function wide(rows: number): Promise<Measured> {
  const input = join(folder.path, 'wide.csv')
  await writeBenchInput(input, { rows, reviewBytes: 4_000 })
  return measured(input, { folder: join(folder.path, 'run') })
}

async function measured(
  input: string,
  options: { readonly folder: string; readonly changes?: object },
): Promise<Measured> {
  try {
    return await runFreshBatch({ input, url, concurrency, ...options })
  } finally {
    await rm(input)
  }
}

/** Row by row, for a size of a million rows takes minutes. */
async function printPeaks(
  name: string,
  sizes: readonly number[],
  measure: (rows: number) => Promise<Measured>,
): Promise<void> {
  const cells: string[] = []
  let rowsASecond = 0
  for (const rows of sizes) {
    const { peakMb, wallMs } = await measure(rows)
    cells.push(`${peakMb.toFixed(0)} MB`)
    rowsASecond = Math.round((rows / wallMs) * 1000)
  }
  printLine([name, ...cells, String(rowsASecond)])
}

function printHead(sizes: readonly number[]): void {
  printLine(['', ...sizes.map(rows => `${rows} rows`), 'rows/s'])
}

function printLine([name = '', ...cells]: readonly string[]): void {
  console.log(`${name.padStart(30)}${cells.map(cell => cell.padStart(15)).join('')}`)
}
