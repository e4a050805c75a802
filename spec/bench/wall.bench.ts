/**
 * Wall time against the ideal, N × latency ÷ concurrency, with a server that takes 100 ms for each answer.
 *
 * Shows whether calls are kept in flight all the time. Hold: ≤ 1.05 at concurrency 100. The bare loop in the same
 * run shows what this machine and the server allow.
 */
import { join } from 'node:path'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'
import { startBenchServer } from './bench-server.js'
import { measureBareLoop, measureBatch, printTable } from './measured-run.js'

const rows = Number(process.env.BENCH_ROWS ?? 10_000)
const latencyMs = 100
const concurrency = 100
const idealMs = (rows * latencyMs) / concurrency

const folder = await makeBenchFolder()
const server = await startBenchServer(latencyMs)
try {
  const input = await writeBenchInput(join(folder.path, 'in.csv'), rows)
  const bare = await measureBareLoop({ url: server.url, rows, concurrency })
  const batch = await measureBatch(
    {
      input,
      output: join(folder.path, 'out.csv'),
      template: 'Classify: {review}',
      model: 'gpt-4o-mini',
      concurrency,
      database: join(folder.path, 'logs.db'),
    },
    {
      environment: {
        OPENAI_BASE_URL: server.url,
        OPENAI_API_KEY: 'bench',
        LLM_USER_PATH: join(folder.path, 'home'),
      },
    },
  )
  printTable([
    ['', 'wall s', '÷ ideal', 'CPU ms a row', 'peak MB'],
    ['ideal', (idealMs / 1000).toFixed(2), '1.00', '', ''],
    ...Object.entries({ 'bare undici loop': bare, 'llm batch': batch }).map(([name, run]) => [
      name,
      (run.wallMs / 1000).toFixed(2),
      (run.wallMs / idealMs).toFixed(3),
      (run.cpuMs / rows).toFixed(3),
      run.peakMb.toFixed(0),
    ]),
  ])
} finally {
  server.stop()
  await folder.remove()
}
