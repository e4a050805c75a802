import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface BenchServer {
  /** Base URL up to and including the version. */
  readonly url: string
  readonly stop: () => void
}

const program = fileURLToPath(new URL('../support/stub-server-process.js', import.meta.url))

/** The stub model server in a process of its own, so that its cost is nobody else's. */
export async function startBenchServer(latencyMs: number): Promise<BenchServer> {
  const child = spawn(process.execPath, [program, '--latency', String(latencyMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return { url: `${new URL(line).origin}/v1`, stop: () => child.kill() }
  }
  throw new Error('the stub server said nothing')
}
