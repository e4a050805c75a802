import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface BenchServer {
  /** Base URL up to and including the version. */
  readonly url: string
  readonly stop: () => void
}

export interface BenchServerOptions {
  readonly latencyMs?: number
  /** How long each answer is; the prompt and a few words when absent. */
  readonly answerBytes?: number
}

const program = fileURLToPath(new URL('../support/stub-server-process.js', import.meta.url))

/** The stub model server in a process of its own, so that its cost is nobody else's. */
export async function startBenchServer(options: BenchServerOptions = {}): Promise<BenchServer> {
  const { latencyMs = 0, answerBytes = 0 } = options
  const words = ['--latency', String(latencyMs), '--answer-bytes', String(answerBytes)]
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return { url: `${new URL(line).origin}/v1`, stop: () => child.kill() }
  }
  throw new Error('the stub server said nothing')
}
