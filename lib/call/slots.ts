import { mostAttachmentBytes } from '../row/attachment.js'

export interface SlotsOptions {
  /** How many slots may be taken, at least 1. Asked each time, so that the limit can change. */
  readonly limit: () => number
  /** Bytes that the calls in flight may hold together; `mostAttachmentBytes` if absent. */
  readonly mostBytes?: number
  /** Called if a slot may be free again. */
  readonly onFree: () => void
}

/** Limits the calls in flight to a number that may change, and the bytes that they hold. */
export interface Slots {
  /**
   * Whether a slot is free for a call with so many bytes. A call with more bytes than may be held
   * fits alone.
   */
  readonly isFree: (bytes: number) => boolean
  /** Takes a free slot. */
  readonly take: (bytes: number) => void
  readonly giveBack: (count: number) => void
  /** Gives back bytes of a slot, which is given back later. */
  readonly giveBackBytes: (bytes: number) => void
  readonly taken: () => number
  /** Whether the last call did not fit for its bytes, and none were given back since. */
  readonly lacksBytes: () => boolean
}

/** If the limit falls, taken slots stay taken: a call in flight is paid for, and finishes. */
export function createSlots(options: SlotsOptions): Slots {
  const { limit, mostBytes = mostAttachmentBytes, onFree } = options
  let taken = 0
  let held = 0
  let lacksBytes = false
  return {
    isFree(bytes) {
      if (taken >= limit()) return false
      lacksBytes = held > 0 && bytes > 0 && held + bytes > mostBytes
      return !lacksBytes
    },
    take(bytes) {
      taken += 1
      held += bytes
    },
    giveBack(count) {
      taken -= count
      if (taken < limit()) onFree()
    },
    giveBackBytes(bytes) {
      held -= bytes
      if (bytes > 0) lacksBytes = false
    },
    taken: () => taken,
    lacksBytes: () => lacksBytes,
  }
}
