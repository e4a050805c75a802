import { PassThrough, Readable } from 'node:stream'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import type { Surroundings } from '../../lib/host/surroundings.js'
import { openBatch } from '../../lib/plan/open-batch.js'
import type { BatchSummary } from '../../lib/run/progress.js'
import { fastClock } from './fast-clock.js'
import { type StubServer, type StubServerOptions, startStubServer } from './stub-server.js'
import { makeWorkdir, type Workdir } from './workdir.js'

type Scripted = 'answer' | 'latencyMs' | 'fault'

/**
 * A fresh folder with a model server beside it, anew for each test, for whole batches through the
 * library.
 */
export interface BatchBench {
  readonly workdir: Workdir
  readonly server: StubServer
  /** What the server does; a test sets what it needs before it runs. */
  script: { -readonly [Name in Scripted]?: StubServerOptions[Name] }
  readonly surroundings: (changes?: Partial<Surroundings>) => Surroundings
  /** Runs a batch with `gpt-4o-mini` to its end and closes it. */
  readonly run: (options: BatchOptions, changes?: Partial<Surroundings>) => Promise<BatchSummary>
}

export function useBatch(): BatchBench {
  let workdir: Workdir
  let server: StubServer
  const bench: BatchBench = {
    script: {},
    get workdir() {
      return workdir
    },
    get server() {
      return server
    },
    surroundings: changes => ({
      environment: {
        ...server.environment,
        OPENAI_API_KEY: 'sk-spec',
        LLM_USER_PATH: workdir.join('llm-user'),
      },
      platform: 'linux',
      homeDirectory: workdir.path,
      stdin: Readable.from([]),
      stdout: new PassThrough().resume(),
      isTerminalOutput: false,
      clock: fastClock(),
      ...changes,
    }),
    async run(options, changes) {
      const batch = await openBatch(
        { model: 'gpt-4o-mini', ...options },
        bench.surroundings(changes),
      )
      try {
        return await batch.run()
      } finally {
        await batch.close()
      }
    },
  }

  beforeEach(async () => {
    bench.script = {}
    workdir = await makeWorkdir()
    server = await startStubServer({
      isRecording: true,
      answer: (text, question) => bench.script.answer?.(text, question),
      latencyMs: text => {
        const { latencyMs = 0 } = bench.script
        return typeof latencyMs === 'number' ? latencyMs : latencyMs(text)
      },
      fault: (requestNumber, text) => bench.script.fault?.(requestNumber, text),
    })
  })

  afterEach(async () => {
    await server.close()
    await workdir.remove()
  })

  return bench
}

/** A CSV of `count` rows with the columns `id` and `review`. */
export function reviewsCsv(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `${index},review number ${index}`)
  return `id,review\n${lines.join('\n')}\n`
}
