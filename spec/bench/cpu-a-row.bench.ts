/**
 * CPU a row, CSV in → CSV out, against a bare undici loop that sends the same requests to the same server, in turn.
 *
 * Shows what the tool costs beside the HTTP request that nobody can do without. Hold: ≤ 2.5 recorded and logged.
 * Does not show speed against a real server: see wall.bench.ts. Quote the ratio, not the milliseconds, and the number of
 * rows with it (BENCH_ROWS): the bare loop gets cheaper the longer it runs.
 */
import { join } from 'node:path'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'
import { startBenchServer } from './bench-server.js'
import { type Measured, measureBareLoop, measureBatch, median, printTable } from './measured-run.js'

const rows = Number(process.env.BENCH_ROWS ?? 10_000)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const concurrency = 100

const folder = await makeBenchFolder()
const server = await startBenchServer(0)
const input = await writeBenchInput(join(folder.path, 'in.csv'), rows)
const batch = (name: string, changes: object = {}): Promise<Measured> =>
  measureBatch(
    {
      input,
      output: join(folder.path, 'out.csv'),
      overwrite: true,
      template: 'Classify: {review}',
      model: 'gpt-4o-mini',
      concurrency,
      database: join(folder.path, `${name}.db`),
      ...changes,
    },
    {
      environment: {
        OPENAI_BASE_URL: server.url,
        OPENAI_API_KEY: 'bench',
        LLM_USER_PATH: join(folder.path, 'home'),
      },
    },
  )
const ways = {
  'bare undici loop': () => measureBareLoop({ url: server.url, rows, concurrency }),
  'recorded and logged': () => batch('logged'),
  'recorded, not logged': () => batch('recorded', { log: false }),
  unordered: () => batch('unordered', { order: 'completion' }),
}
const measured = new Map<string, number[]>(Object.keys(ways).map(name => [name, []]))
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(ways)) {
      const { cpuMs } = await run()
      measured.get(name)?.push(cpuMs / rows)
    }
  }
} finally {
  server.stop()
  await folder.remove()
}
const bare = median(measured.get('bare undici loop') ?? [])
printTable([
  ['', 'CPU ms a row', '× bare'],
  ...[...measured].map(([name, all]) => [
    name,
    median(all).toFixed(3),
    (median(all) / bare).toFixed(2),
  ]),
])
