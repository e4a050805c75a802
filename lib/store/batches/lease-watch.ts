import type { Clock } from '../../port/clock.js'

/** Detects that this process may have lost its batch. */
export interface LeaseWatch {
  /** See `confirm` of the port. */
  readonly confirm: () => Promise<void> | undefined
  /** Call this if the lease turns out to be gone. */
  readonly doubt: () => void
  readonly end: () => void
}

export interface LeaseWatchOptions {
  /** Rejects if the lease is gone. */
  readonly check: () => Promise<void>
  readonly clock: Clock
}

const tickMs = 500
/**
 * A longer gap means that the process was stopped, or the machine slept, so other processes may
 * have seen it as dead.
 */
const longestGapMs = 3000

/**
 * After a long sleep, another process may have resumed the batch. So this looks for a gap between
 * two ticks, on both clocks, because one clock may stop while the machine sleeps. After a gap, the
 * lease is checked once. If it is gone, or unknown, the result stays.
 */
export function leaseWatch({ check, clock }: LeaseWatchOptions): LeaseWatch {
  const ended = new AbortController()
  let last = now()
  let isInDoubt = false
  let checking: Promise<void> | undefined
  tick().catch(() => undefined) // rejects when the run ends

  return {
    confirm() {
      look()
      if (!isInDoubt) return undefined
      checking ??= check().then(() => {
        isInDoubt = false
        checking = undefined
      })
      return checking
    },
    doubt() {
      isInDoubt = true
    },
    end: () => ended.abort(),
  }

  async function tick(): Promise<void> {
    for (;;) {
      await clock.sleep(tickMs, ended.signal)
      look()
    }
  }

  function look(): void {
    const here = now()
    const gaps = here.map((ms, index) => Math.abs(ms - (last[index] ?? 0)))
    if (Math.max(...gaps) > longestGapMs) isInDoubt = true
    last = here
  }

  function now(): readonly number[] {
    return [clock.monotonicMs(), clock.nowMs()]
  }
}
