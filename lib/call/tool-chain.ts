import { type BatchError, rowError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { ToolRunner } from '../port/tool.js'
import type { Answer } from '../row/answer.js'
import type { Failed } from '../row/outcome.js'
import type { AskedRow } from './asked-row.js'
import { type ToolRounds, toolRounds } from './between-calls/tool-rounds.js'

export interface ToolChainOptions {
  readonly runner: ToolRunner
  readonly clock: Clock
  /** Milliseconds that a row may take from its first call on. */
  readonly deadlineMs: number
  /** The row is ready to ask the model with the results of its calls. */
  readonly onReady: (row: AskedRow) => void
  /** The row's time was over before its calls had ended. */
  readonly onFailed: (row: AskedRow, outcome: Failed) => void
}

/** The way from an answer that calls tools to the next call of the model. */
export interface RunningChains extends Pick<ToolRounds<AskedRow>, 'underWay' | 'endAll'> {
  readonly run: (row: AskedRow, answer: Answer) => void
}

export function toolChain(options: ToolChainOptions): RunningChains {
  const { runner, clock, deadlineMs, onReady, onFailed } = options
  const { begin, underWay, endAll } = toolRounds<AskedRow>({
    runner,
    clock,
    onRound(row, round) {
      row.addRound(round)
      onReady(row)
    },
    onOverdue,
    onBroken: (row, error) => row.listener.broken(error),
  })
  return {
    run(row, answer) {
      const leftMs = deadlineMs - (clock.monotonicMs() - row.firstStartedMs)
      // A tool may have an effect, so none is started for nothing.
      if (leftMs <= 0) onOverdue(row, answer)
      else begin(row, { answer, row: row.prompt.row, leftMs })
    },
    underWay,
    endAll,
  }

  function onOverdue(row: AskedRow, answer: Answer): void {
    onFailed(row, row.failure(deadlinePassed(deadlineMs), answer))
  }
}

function deadlinePassed(deadlineMs: number): BatchError {
  return rowError(
    'DEADLINE_PASSED',
    `The row's ${deadlineMs / 1000} s were over before its tools had run`,
    'Allow rows more time with --deadline SECONDS, or tools less with --tool-timeout SECONDS.',
  )
}
