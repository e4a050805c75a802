import { type BatchError, runError } from '../../error/batch-error.js'
import type { Batch } from '../../run/plan.js'
import { pluralText } from '../text/amount-text.js'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls `act` with the name of each signal that asks a command to end.
 *
 * @param signals the source of signals: the process.
 * @returns a function that removes the listener.
 */
export function onStopSignal(
  signals: NodeJS.EventEmitter,
  act: (name: string) => void,
): () => void {
  for (const name of stopSignals) signals.on(name, act)
  return () => {
    for (const name of stopSignals) signals.off(name, act)
  }
}

/**
 * The first signal lets calls in flight finish. The second ends them. A third has no listener, and
 * ends the process.
 *
 * @param say prints a line for the user.
 * @param resume the command that resumes the batch.
 * @returns a function that removes the listeners.
 */
export function stopOnSignals(
  batch: Pick<Batch, 'stop' | 'abort' | 'progress'>,
  signals: NodeJS.EventEmitter,
  say: (line: string) => void,
  resume: string,
): () => void {
  let isStopping = false
  const release = onStopSignal(signals, name => {
    if (isStopping) {
      release()
      say('Interrupted again: stopping at once.')
      batch.abort(interruptedBy(name))
    } else {
      isStopping = true
      const calls = pluralText(batch.progress().callsInFlight, 'call')
      say(`Interrupted, stopping: ${calls} in flight. Interrupt again to stop at once.`)
      // A user may close the terminal before the calls have ended.
      say(`Resume with: ${resume}`)
      batch.stop(interruptedBy(name))
    }
  })
  return release
}

/**
 * Waits for an opening, until a signal comes.
 *
 * @param close closes what was opened after nobody waits for it any more.
 * @throws {BatchError} RUN_INTERRUPTED; reach run.
 */
export async function unlessInterrupted<T>(
  opening: Promise<T>,
  signals: NodeJS.EventEmitter,
  close: (opened: T) => Promise<void>,
): Promise<T> {
  let release = (): void => {}
  const interrupted = new Promise<never>((_, reject) => {
    release = onStopSignal(signals, name => {
      opening.then(close).catch(() => {}) // Nobody waits for this error any more.
      reject(interruptedBy(name))
    })
  })
  return Promise.race([opening, interrupted]).finally(release)
}

function interruptedBy(name: string): BatchError {
  return runError('RUN_INTERRUPTED', `Interrupted by ${name}`)
}
