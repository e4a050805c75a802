import type { Batch } from '../../run/plan.js'
import { interruptedBy, stopSignals } from './unless-interrupted.js'

export interface StopOnSignalsOptions {
  readonly batch: Pick<Batch, 'stop' | 'abort'>
  /** Where signals come from: the process. */
  readonly signals: NodeJS.EventEmitter
  /** Says a line to the user. */
  readonly say: (line: string) => void
}

/**
 * The first signal lets calls in flight finish, the second ends them, a third finds nobody
 * listening and so ends the process.
 *
 * @returns stops listening.
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
