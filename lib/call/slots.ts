export interface SlotsOptions {
  /**
   * Slots that may be taken at once, at least one; asked anew each time, so a rise counts when a
   * slot is given back.
   */
  readonly limit: () => number
  /** Called when a slot may be free again. */
  readonly onFree: () => void
}

/** Limits the calls in flight to a number that may fall and rise. */
export interface Slots {
  /** Takes a slot if one is free. */
  readonly tryTake: () => boolean
  readonly giveBack: (count: number) => void
  readonly taken: () => number
}

/** When the limit falls, no slot is taken away: a call in flight is paid for, and finishes. */
export function createSlots({ limit, onFree }: SlotsOptions): Slots {
  let taken = 0
  return {
    tryTake() {
      if (taken >= limit()) return false
      taken += 1
      return true
    },
    giveBack(count) {
      taken -= count
      if (taken < limit()) onFree()
    },
    taken: () => taken,
  }
}
