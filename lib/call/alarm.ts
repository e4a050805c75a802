import type { Clock } from '../port/clock.js'

export interface AlarmOptions {
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  readonly onAlarm: () => void
}

/** One timer for all that wait: it rings at the earliest moment for which it is set. */
export interface Alarm {
  /** On the monotonic clock. */
  readonly setTo: (timeMs: number) => void
  readonly clear: () => void
}

export function createAlarm({ clock, onAlarm }: AlarmOptions): Alarm {
  let setting: { readonly timeMs: number; readonly aborter: AbortController } | undefined

  return {
    setTo(timeMs) {
      if (setting !== undefined && setting.timeMs <= timeMs) return
      clear()
      const mine = { timeMs, aborter: new AbortController() }
      setting = mine
      clock.sleep(timeMs - clock.monotonicMs(), mine.aborter.signal).then(
        () => {
          if (setting !== mine) return
          setting = undefined
          onAlarm()
        },
        () => {},
      )
    },
    clear,
  }

  function clear(): void {
    setting?.aborter.abort(setElsewhere)
    setting = undefined
  }
}

/** A constant reason: an abort without a reason creates an error with a stack each time. */
const setElsewhere = 'set to another time'
