import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { BatchSummary } from '../batch/progress.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import { emptyTally } from '../row/tally.js'
import type { Batch } from './batch.js'
import type { ChosenBatch } from './choose-batch.js'
import type { DecidedBatch } from './decide-batch.js'
import { planOf } from './plan-of.js'

export interface FinishedBatchOptions {
  readonly options: ResolvedBatchOptions
  readonly decided: DecidedBatch
  /** Ended when the batch is run: there is nothing to give it. */
  readonly reader?: Writable | undefined
}

/** A batch of which every row has had its turn: nothing is opened and nothing asked. */
export function finishedBatch(
  chosen: ChosenBatch,
  { options, decided, reader }: FinishedBatchOptions,
): Batch {
  const output = options.output === undefined ? undefined : resolve(options.output)
  const sink = { path: output, format: 'jsonl' } as const
  const plan = planOf(chosen, { options, decided, sink, isFinished: true })
  const summary: BatchSummary = {
    batchId: chosen.id,
    status: 'completed',
    rowsRead: 0,
    tally: emptyTally,
    durationMs: 0,
    outputPath: output,
    output: 'as-before',
    stopReason: undefined,
  }
  return {
    plan,
    async run() {
      reader?.end()
      return summary
    },
    stop: () => {},
    abort: () => {},
    progress: () => ({
      rowsRead: 0,
      rowsTotal: 0,
      bytesRead: 0,
      bytesTotal: undefined,
      tally: emptyTally,
      callsInFlight: 0,
      rowsWritten: 0,
      elapsedMs: 0,
      holdUp: undefined,
    }),
    close: decided.closing.close,
  }
}
