import { type BatchError, runError } from '../../error/batch-error.js'

/** Signals that ask a command to end. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface UnlessInterruptedOptions<T> {
  /** The source of signals: the process. */
  readonly signals: NodeJS.EventEmitter
  /** Closes what was opened after nobody waits for it any more. */
  readonly close: (opened: T) => Promise<void>
}

/**
 * Waits for an opening, until a signal comes.
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
      opening.then(close).catch(() => {}) // There is no listener any more.
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
