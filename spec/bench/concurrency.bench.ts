/**
 * `--concurrency auto` beside a fixed concurrency that is exactly right, on servers that serve 4, 40
 * and 400 calls at once: those that refuse calls above that, without a header and with `retry-after`,
 * and those that let them wait.
 *
 * Shows the share of what the server can give (the start included), the share of calls that were
 * refused, and the time until nine tenths of the ceiling were in use. Hold, over a minute: ≥ 90 %,
 * < 2 %. These runs are shorter, so the start weighs more. Does not show a ceiling that moves: see
 * spec/throttle/adaptive-limit.spec.ts.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'
import type { CeilingServerOptions, SeenByServer } from './ceiling-server.js'
import { printTable } from './measured-run.js'
import { runFreshBatch } from './run-fresh-batch.js'

/** Seconds that a run would take at best. A small ceiling needs longer for as many calls. */
const secondsOf: Readonly<Record<number, number>> = { 4: 30, 40: 12, 400: 10 }
const kinds = ['refuses', 'refuses-with-header', 'queues'] as const
const meanMs = 300
const sigma = 0.3
const program = fileURLToPath(new URL('./ceiling-server.js', import.meta.url))

const folder = await makeBenchFolder()
const rows: string[][] = [
  ['server', 'ceiling', 'concurrency', 'share of the ideal', 'refused', 'found after s'],
]
try {
  for (const ceiling of [4, 40, 400]) {
    const runs = kinds.flatMap(above => [
      () => measure({ ceiling, above, meanMs, sigma }, 'auto'),
      () => measure({ ceiling, above, meanMs, sigma }, ceiling),
    ])
    // Few calls a second leave the machine idle, so those runs may run beside each other.
    if (ceiling <= 40) rows.push(...(await Promise.all(runs.map(run => run()))))
    else for (const run of runs) rows.push(await run())
  }
} finally {
  await folder.remove()
}
printTable(rows)

async function measure(
  options: CeilingServerOptions,
  concurrency: number | 'auto',
): Promise<string[]> {
  const { ceiling, above } = options
  const idealMs = (secondsOf[ceiling] ?? 10) * 1_000
  const count = Math.round((ceiling / meanMs) * idealMs)
  const name = `${above}-${ceiling}-${concurrency}`
  const input = await writeBenchInput(join(folder.path, `${name}.csv`), { rows: count })
  const server = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await firstLine(server.stdout)
    const changes = { retries: 100, failFast: false }
    const run = { folder: join(folder.path, name), url, input, concurrency, changes }
    const { wallMs } = await runFreshBatch(run)
    const reply = await fetch(`${new URL(url).origin}/__seen`)
    const { calls, refused, foundMs } = (await reply.json()) as SeenByServer
    return [
      above,
      String(ceiling),
      String(concurrency),
      `${((idealMs / wallMs) * 100).toFixed(0)} %`,
      `${((refused / calls) * 100).toFixed(1)} %`,
      foundMs === null ? 'never' : (foundMs / 1_000).toFixed(1),
    ]
  } finally {
    server.kill()
  }
}

async function firstLine(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) return line
  throw new Error('the server said nothing')
}
