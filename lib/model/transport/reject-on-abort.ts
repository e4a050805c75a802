import type { BegunCall } from '../../port/model-client.js'

/**
 * A promise of a started task. If the signal aborts, the task is broken off, and the promise
 * rejects with the reason.
 */
export function rejectOnAbort<Value>(
  signal: AbortSignal,
  begin: (resolve: (value: Value) => void, reject: (error: unknown) => void) => BegunCall,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const call = begin(
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
      call.breakOff(reason instanceof Error ? reason : new Error(String(reason)))
      reject(reason)
    }
  })
}
