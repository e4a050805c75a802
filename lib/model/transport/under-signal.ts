/** A started task that can be broken off. Then its listener is not called any more. */
export interface Breakable {
  readonly breakOff: (reason: Error) => void
}

/**
 * A promise of a started task. If the signal aborts, the task is broken off, and the promise
 * rejects with the reason.
 */
export function underSignal<Value>(
  signal: AbortSignal,
  begin: (resolve: (value: Value) => void, reject: (error: unknown) => void) => Breakable,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const begun = begin(
      value => {
        signal.removeEventListener('abort', abort)
        resolve(value)
      },
      error => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    )
    signal.addEventListener('abort', abort, { once: true })

    function abort(): void {
      const { reason } = signal
      begun.breakOff(reason instanceof Error ? reason : new Error(String(reason)))
      reject(reason)
    }
  })
}
