import type { Batch } from '../../run/plan.js'
import { interruptedBy, stopSignals } from './unless-interrupted.js'

export interface StopOnSignalsOptions {
  readonly batch: Pick<Batch, 'stop' | 'abort'>
  /** The source of signals: the process. */
  readonly signals: NodeJS.EventEmitter
  /** Prints a line for the user. */
  readonly say: (line: string) => void
}

/**
 * The first signal lets calls in flight finish. The second ends them. A third has no listener, and
 * ends the process.
 *
 * @returns a function that removes the listeners.
 */
export function stopOnSignals({ batch, signals, say }: StopOnSignalsOptions): () => void {
  let count = 0

  for (const name of stopSignals) signals.on(name, onSignal)
  return release

  function onSignal(name: string): void {
    count += 1
    if (count === 1) {
      say('Interrupted: no new calls; those in flight finish. Interrupt again to stop at once.')
      batch.stop(interruptedBy(name))
    } else {
      release()
      say('Interrupted again: stopping at once.')
      batch.abort(interruptedBy(name))
    }
  }

  function release(): void {
    for (const name of stopSignals) signals.off(name, onSignal)
  }
}
