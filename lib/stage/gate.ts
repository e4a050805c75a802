import { Sema } from 'async-sema'
import type { CallSignals } from './call-signals.js'

export interface GateOptions {
  /** Slots in all. */
  readonly highest: number
  /** Slots that may be used now, of which there may be none; read anew at each release and `refresh`. */
  readonly limit: () => number
}

/** Limits the calls in flight to a number that may fall and rise. */
export interface Gate {
  /**
   * Acts once there is a slot, and gives the slot back when that ends.
   * Rejects with the reason of `stopping`, without acting, when that aborts during the wait.
   */
  readonly pass: <T>(signals: CallSignals, act: () => Promise<T>) => Promise<T>
  /** To be called when `limit()` may have risen without a call having ended. */
  readonly refresh: () => void
  readonly inFlight: () => number
  readonly waiting: () => number
}

/**
 * A gate of `highest` slots, of which it keeps back as many as `limit()` is below that.
 *
 * Kept back when they are given back rather than taken at once: a call in flight is paid, and finishes.
 */
export function createGate({ highest, limit }: GateOptions): Gate {
  const slots = new Sema(highest, { capacity: highest * 2 })
  let keptBack = 0
  let inFlight = 0

  return {
    refresh: giveOut,
    inFlight: () => inFlight,
    waiting: () => slots.nrWaiting(),
    async pass(signals, act) {
      await slots.acquire()
      if (signals.stopping.aborted) {
        slots.release()
        throw signals.stopping.reason
      }
      inFlight += 1
      try {
        return await act()
      } finally {
        inFlight -= 1
        keptBack += 1
        giveOut()
      }
    },
  }

  function giveOut(): void {
    const spare = highest - limit()
    while (keptBack > spare) {
      keptBack -= 1
      slots.release()
    }
  }
}
