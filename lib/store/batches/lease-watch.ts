import type { Clock } from '../../port/clock.js'

/** Tells when this process may have lost its batch without knowing. */
export interface LeaseWatch {
  /**
   * As `confirm` of the port: undefined as long as there is no doubt that the lease is still this
   * process's; else a look into the file.
   */
  readonly confirm: () => Promise<void> | undefined
  /** Whoever hears that the lease is gone says so. */
  readonly doubt: () => void
  readonly end: () => void
}

export interface LeaseWatchOptions {
  /** Rejects when the lease is gone. */
  readonly check: () => Promise<void>
  readonly clock: Clock
}

const tickMs = 500
/**
 * A process that does nothing for longer was stopped, or its machine slept: nobody knows for how
 * long others saw it so.
 */
const longestGapMs = 3000

/**
 * Whoever wakes up after a minute may find that another process went on with its batch. So a gap
 * between two ticks is looked for, by both clocks, since one of them does not count while a machine
 * sleeps. After it the lease is looked at once, and if it is gone, or that cannot be told, it stays
 * so.
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
