import { type BatchError, runError } from '../../error/batch-error.js'

/** Signals by which a user, or the system, asks a command to end. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface UnlessInterruptedOptions<T> {
  /** Where signals come from: the process. */
  readonly signals: NodeJS.EventEmitter
  /** Lets go of what was opened although nobody waits for it any more. */
  readonly close: (opened: T) => Promise<void>
}

/**
 * Waits for something to be opened, but no longer than until a signal comes.
 *
 * @throws {BatchError} RUN_INTERRUPTED; reach run.
 */
export async function unlessInterrupted<T>(
  opening: Promise<T>,
  { signals, close }: UnlessInterruptedOptions<T>,
): Promise<T> {
  let interrupt = (_name: string): void => {}
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = name => {
      opening.then(close).catch(() => {}) // Nobody is left to hear of it.
      reject(interruptedBy(name))
    }
  })
  for (const name of stopSignals) signals.on(name, interrupt)
  try {
    return await Promise.race([opening, interrupted])
  } finally {
    for (const name of stopSignals) signals.off(name, interrupt)
  }
}

export function interruptedBy(name: string): BatchError {
  return runError('RUN_INTERRUPTED', `Interrupted by ${name}`)
}
