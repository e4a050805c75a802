import { setTimeout as sleep } from 'node:timers/promises'
import type { FakeClock } from './fake-clock.js'

export interface PassTimeOptions<Result> {
  readonly clock: FakeClock
  readonly during: Promise<Result>
  /** Whether nothing is on its way that the clock must not overtake, such as a call. */
  readonly isStill: () => boolean
  /** The most by which the clock moves at once. A step takes a millisecond, or a little more. */
  readonly stepMs: number
}

/**
 * Moves a clock on until `during` ends. Time stands still at each moment for which somebody waits,
 * until all that begins then is done. So a busy machine makes the steps slow, and no timer late.
 */
export async function passTime<Result>(options: PassTimeOptions<Result>): Promise<Result> {
  const { clock, during, isStill, stepMs } = options
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  during.then(end, end)
  while (!isOver) {
    // Files and databases need real time.
    await sleep(1)
    if (isStill()) await clock.advance(Math.min(stepMs, clock.nextMs()))
  }
  return during
}
