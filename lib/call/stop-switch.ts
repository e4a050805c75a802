import type { BatchError } from '../error/batch-error.js'

/**
 * Stops a run in order: no new call starts, calls in flight finish and are recorded, and the output
 * is closed valid. (To end a run at once, abort its pipeline.)
 */
export interface StopSwitch {
  /** Aborts when a stop is requested. Waits end then; calls do not. */
  readonly signal: AbortSignal
  /** Why the run stops. The first reason counts. */
  readonly reason: () => BatchError | undefined
  readonly request: (reason: BatchError) => void
}

/**
 * Makes a switch that stops the calls of a pipeline in order.
 *
 * @example
 *     const stop = createStopSwitch()
 *     const calls = callPath(await getModel('echo'), { stop })
 *     process.once('SIGINT', () => {
 *       stop.request(new BatchError('Interrupted', { code: 'RUN_INTERRUPTED', reach: 'run' }))
 *     })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls }),
 *       writeRows('out.jsonl'),
 *     )
 */
export function createStopSwitch(): StopSwitch {
  const aborter = new AbortController()
  let asked: BatchError | undefined
  return {
    signal: aborter.signal,
    reason: () => asked,
    request(reason) {
      asked ??= reason
      aborter.abort(asked)
    },
  }
}
