import { setMaxListeners } from 'node:events'
import type { Clock } from '../../port/clock.js'
import type { ToolRunner } from '../../port/tool.js'
import type { Answer } from '../../row/answer.js'
import type { Row } from '../../row/row.js'
import type { ToolRound } from '../../row/tool-round.js'

export interface ToolRoundsOptions<Asker> {
  readonly runner: ToolRunner
  readonly clock: Pick<Clock, 'sleep'>
  /** All calls of an answer have a result. */
  readonly onRound: (asker: Asker, round: ToolRound) => void
  /** The asker's time is over. Its calls are broken off. */
  readonly onOverdue: (asker: Asker, answer: Answer) => void
  /** A defect of the runner. */
  readonly onBroken: (asker: Asker, error: unknown) => void
}

/** An answer with the calls to run. */
export interface CallingAnswer {
  readonly answer: Answer
  readonly row: Row
  /** Milliseconds that the calls may take together. */
  readonly leftMs: number
}

/** Rounds of tools that are under way. */
export interface ToolRounds<Asker> {
  /** Runs all calls of an answer at the same time. Listeners hear of it in a later turn. */
  readonly begin: (asker: Asker, calling: CallingAnswer) => void
  readonly underWay: () => number
  /** Breaks all calls off, and returns who asked for them. No listener hears of these. */
  readonly endAll: (reason: Error) => readonly Asker[]
}

/** Runs the calls of answers. A run without tools makes none of this. */
export function toolRounds<Asker>(options: ToolRoundsOptions<Asker>): ToolRounds<Asker> {
  const { runner, clock, onRound, onOverdue, onBroken } = options
  const running = new Map<Asker, AbortController>()
  return {
    begin(asker, calling) {
      const aborter = new AbortController()
      running.set(asker, aborter)
      void run(asker, calling, aborter)
    },
    underWay: () => running.size,
    endAll(reason) {
      const ended = [...running]
      running.clear()
      for (const [, aborter] of ended) aborter.abort(reason)
      return ended.map(([asker]) => asker)
    },
  }

  async function run(
    asker: Asker,
    { answer, row, leftMs }: CallingAnswer,
    aborter: AbortController,
  ): Promise<void> {
    const { signal } = aborter
    // Each call listens. That is not a leak.
    setMaxListeners(0, signal)
    const timer = new AbortController()
    clock.sleep(leftMs, timer.signal).then(
      () => {
        if (!running.delete(asker)) return
        aborter.abort(timeIsOver)
        onOverdue(asker, answer)
      },
      () => {},
    )
    const calls = (answer.toolCalls ?? []).map(async call => runner.run(call, { signal, row }))
    const results = await Promise.all(calls).catch(error => {
      if (running.delete(asker)) {
        aborter.abort(error)
        onBroken(asker, error)
      }
      return undefined
    })
    timer.abort(roundIsOver)
    if (results !== undefined && running.delete(asker)) onRound(asker, { answer, results })
  }
}

const timeIsOver = new Error("The row's time is over")

/** A constant reason: an abort without a reason creates an error with a stack each time. */
const roundIsOver = 'the round is over'
