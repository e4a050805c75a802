/**
 * Wall time against the bare undici loop's own, in turn, with a server that takes 100 ms for each
 * answer, 100 at once.
 *
 * Shows whether calls are kept in flight all the time. Hold: ≤ 1.03 × the bare loop of the same
 * round, as the median over the rounds. The ideal is rows × latency ÷ concurrency: what the bare
 * loop misses of it is the machine's and the server's. Does not show other latencies, nor CPU at
 * full speed: see cpu-a-row.bench.ts.
 */
import { join } from 'node:path'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'
import { startBenchServer } from './bench-server.js'
import { type Measured, measureBareLoop, median, medianRatio, printTable } from './measured-run.js'
import { runFreshBatch } from './run-fresh-batch.js'

const rows = Number(process.env.BENCH_ROWS ?? 10_000)
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const latencyMs = 100
const concurrency = 100
const idealMs = (rows * latencyMs) / concurrency

const folder = await makeBenchFolder()
const server = await startBenchServer({ latencyMs })
const bare: Measured[] = []
const batch: Measured[] = []
try {
  const input = await writeBenchInput(join(folder.path, 'in.csv'), { rows })
  const { url } = server
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await measureBareLoop({ url, rows, concurrency }))
    batch.push(await runFreshBatch({ folder: join(folder.path, 'run'), url, input, concurrency }))
  }
} finally {
  server.stop()
  await folder.remove()
}
const wallsOf = (runs: readonly Measured[]) => runs.map(run => run.wallMs)
printTable([
  ['', 'wall s', '÷ ideal', '÷ bare', 'CPU ms a row', 'peak MB'],
  ['ideal', (idealMs / 1000).toFixed(2), '1.000', '', '', ''],
  ...Object.entries({ 'bare undici loop': bare, 'llm batch': batch }).map(([name, runs]) => [
    name,
    (median(wallsOf(runs)) / 1000).toFixed(2),
    (median(wallsOf(runs)) / idealMs).toFixed(3),
    medianRatio(wallsOf(runs), wallsOf(bare)).toFixed(3),
    (median(runs.map(run => run.cpuMs)) / rows).toFixed(3),
    median(runs.map(run => run.peakMb)).toFixed(0),
  ]),
])
