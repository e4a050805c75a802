import type { Clock } from '../port/clock.js'
import type { Tool, ToolCallPlace } from '../port/tool.js'
import { toolError } from './result/failed-result.js'

export interface AnswerInTimeOptions {
  readonly tool: Tool
  /** The parsed arguments. */
  readonly input: unknown
  readonly place: ToolCallPlace
  readonly timeoutMs: number
  readonly clock: Pick<Clock, 'sleep' | 'afterTurn'>
}

/**
 * What a tool gives within its time.
 *
 * The tool's signal aborts when the time is over, and when the signal of the place aborts. Then the
 * tool has one turn of the event loop to say something better. A tool that goes on is left alone.
 *
 * Rejects with what the tool throws, with a `TimeoutError`, or with the reason of the place's
 * signal.
 */
export function answerInTime(options: AnswerInTimeOptions): Promise<unknown> {
  const { tool, input, place, timeoutMs, clock } = options
  const ended = new AbortController()
  const timer = new AbortController()
  return new Promise((resolve, reject) => {
    const giveUp = (reason: unknown): void => {
      stopWaiting()
      clock.afterTurn(() => reject(reason))
      ended.abort(reason)
    }
    const breakOff = (): void => giveUp(place.signal.reason)
    const stopWaiting = (): void => {
      place.signal.removeEventListener('abort', breakOff)
      timer.abort(waitOver)
    }
    place.signal.addEventListener('abort', breakOff)
    clock.sleep(timeoutMs, timer.signal).then(
      () => giveUp(timedOut(timeoutMs)),
      () => {},
    )
    execute(tool, input, { ...place, signal: ended.signal })
      .finally(stopWaiting)
      .then(resolve, reject)
  })
}

/** A tool may throw at once. */
async function execute(tool: Tool, input: unknown, place: ToolCallPlace): Promise<unknown> {
  return tool.execute(input, place)
}

function timedOut(timeoutMs: number): Error {
  return toolError('TimeoutError', `the tool gave nothing within ${timeoutMs / 1000} seconds`)
}

/** A constant reason: an abort without a reason creates an error with a stack each time. */
const waitOver = 'the wait for the tool is over'
