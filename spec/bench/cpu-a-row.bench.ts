/**
 * CPU a row, CSV in → CSV out, against a bare undici loop that sends the same requests to the same
 * server, in turn.
 *
 * Shows what the tool costs beside the HTTP request that nobody can do without, and beside the
 * floor loop, which also does what no recorded run can do without. Each ratio is the median over
 * the rounds of the way ÷ the bare loop of that round. Hold, at 100 at once: logged ≤ 2.5 over
 * 10,000 rows, ≤ 3.2 over 100,000; not logged ≤ 1.6 and ≤ 1.9; ≤ 2,300 bytes of logs.db a row,
 * logged. Does not show speed against a real server: see wall.bench.ts. Quote the ratio, not the
 * milliseconds, and the number of rows with it: the bare loop gets cheaper the longer it runs.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'
import { startBenchServer } from './bench-server.js'
import {
  type Measured,
  measureBareLoop,
  measureFloorLoop,
  median,
  medianRatio,
  numbersOf,
  printTable,
} from './measured-run.js'
import { runFreshBatch } from './run-fresh-batch.js'

const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const folder = await makeBenchFolder()
const server = await startBenchServer()
try {
  for (const rows of numbersOf(process.env.BENCH_ROWS ?? '10000')) {
    const input = await writeBenchInput(join(folder.path, 'in.csv'), { rows })
    for (const concurrency of numbersOf(process.env.BENCH_CONCURRENCY ?? '100')) {
      await compare(input, rows, concurrency)
    }
  }
} finally {
  server.stop()
  await folder.remove()
}

async function compare(input: string, rows: number, concurrency: number): Promise<void> {
  const { url } = server
  const run = join(folder.path, 'run')
  const batch = (changes: object = {}) =>
    runFreshBatch({ folder: run, url, input, concurrency, changes })
  const ways: Record<string, () => Promise<Measured & { readonly databaseBytes?: number }>> = {
    'bare undici loop': () => measureBareLoop({ url, rows, concurrency }),
    'floor loop': () => floor(input, concurrency),
    'recorded and logged': () => batch(),
    'recorded, not logged': () => batch({ log: false }),
    'recorded and logged, unordered': () => batch({ order: 'completion' }),
  }
  const cpu = new Map<string, number[]>()
  const bytes = new Map<string, number>()
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(ways)) {
      const { cpuMs, databaseBytes } = await measure()
      cpu.set(name, [...(cpu.get(name) ?? []), cpuMs / rows])
      if (databaseBytes !== undefined) bytes.set(name, databaseBytes / rows)
    }
  }
  const bare = cpu.get('bare undici loop') ?? []
  console.log(`${rows} rows, ${concurrency} at once, medians of ${rounds}`)
  printTable([
    ['', 'CPU ms a row', '× bare', 'logs.db bytes a row'],
    ...[...cpu].map(([name, all]) => [
      name,
      median(all).toFixed(3),
      medianRatio(all, bare).toFixed(2),
      bytes.get(name)?.toFixed(0) ?? '',
    ]),
  ])
}

async function floor(input: string, concurrency: number): Promise<Measured> {
  const run = join(folder.path, 'floor')
  await mkdir(run)
  try {
    return await measureFloorLoop({
      url: server.url,
      input,
      output: join(run, 'out.csv'),
      database: join(run, 'floor.db'),
      concurrency,
    })
  } finally {
    await rm(run, { recursive: true })
  }
}
