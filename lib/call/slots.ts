export interface SlotsOptions {
  /** How many slots may be taken, at least 1. Asked each time, so that the limit can change. */
  readonly limit: () => number
  /** Called if a slot may be free again. */
  readonly onFree: () => void
}

/** Limits the calls in flight to a number that may change. */
export interface Slots {
  readonly isFree: () => boolean
  /** Takes a slot if one is free. Returns whether it did. */
  readonly tryTake: () => boolean
  readonly giveBack: (count: number) => void
  readonly taken: () => number
}

/** If the limit falls, taken slots stay taken: a call in flight is paid for, and finishes. */
export function createSlots({ limit, onFree }: SlotsOptions): Slots {
  let taken = 0
  const isFree = (): boolean => taken < limit()
  return {
    isFree,
    tryTake() {
      if (!isFree()) return false
      taken += 1
      return true
    },
    giveBack(count) {
      taken -= count
      if (isFree()) onFree()
    },
    taken: () => taken,
  }
}
