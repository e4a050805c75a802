import { setMaxListeners } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Outcome, PromptRecord } from '../row/outcome.js'
import type { CallSignals } from './call-signals.js'
import { mapConcurrently } from './map-concurrently.js'
import type { Settle } from './settle-with-retry.js'
import { createStopSwitch, type StopSwitch } from './stop-switch.js'

export interface InvokeModelOptions {
  readonly settle: Settle
  /** Most rows held at once: waiting for their turn, in flight, waiting for another attempt, not yet read. */
  readonly windowRows: number
  /** Asked to stop, it lets rows in flight finish and skips the rest. */
  readonly stop?: StopSwitch | undefined
  /** Called as each row ends, before another is asked in its place. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined
}

/**
 * Prompt in, Outcome out, as they end; outcomes that come in pass through untouched.
 *
 * An error of reach `run` (a refused key) fails its row and asks `stop` to end the run;
 * without a `stop` of yours it destroys the stage.
 */
export function invokeModel(options: InvokeModelOptions): Duplex {
  const { settle, windowRows, stop = createStopSwitch(), onOutcome } = options
  let signals: CallSignals | undefined

  return mapConcurrently<PromptRecord, Outcome>({
    limit: () => windowRows,
    window: windowRows,
    order: 'completion',
    async map(record, aborted) {
      // One pair for all calls of the stage: joining signals anew for each costs more than the call's own wrappers.
      signals ??= signalsOf(aborted, stop.signal)
      if (record.kind === 'prompt') return settle(record, signals, noteOutcome)
      noteOutcome(record)
      return record
    },
  })

  function noteOutcome(outcome: Outcome): void {
    if (outcome.kind === 'failed' && outcome.error.reach === 'run') {
      if (options.stop === undefined) throw outcome.error
      stop.request(outcome.error)
    }
    onOutcome?.(outcome)
  }
}

function signalsOf(aborted: AbortSignal, stop: AbortSignal): CallSignals {
  const stopping = AbortSignal.any([aborted, stop])
  // As many rows as the window holds may wait on it at once, and that is no leak.
  setMaxListeners(0, aborted, stopping)
  return { aborted, stopping }
}
