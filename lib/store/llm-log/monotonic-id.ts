import { incrementBase32, ulid } from 'ulid'
import type { Clock } from '../../port/clock.js'

export interface MonotonicIdsOptions {
  readonly clock: Clock
  /** Returns random bytes. */
  readonly randomBytes: (count: number) => Uint8Array
}

// Shared by all stores of the process, because llm orders its log by id only.
let newestId = ''
let newestMs = -1

/**
 * Makes lower-case ULIDs. Each is greater than all earlier ULIDs of this process: within one
 * millisecond, and after the clock steps back, the next ULID is the last plus 1.
 *
 * @see https://github.com/ulid/spec
 */
export function monotonicIds({ clock, randomBytes }: MonotonicIdsOptions): () => string {
  return () => {
    const nowMs = Math.floor(clock.nowMs())
    if (nowMs > newestMs) {
      newestMs = nowMs
      newestId = ulid(nowMs, drawsFrom(randomBytes(16)))
    } else {
      newestId = incrementBase32(newestId)
    }
    return newestId.toLowerCase()
  }
}

/** The sixteen draws below 1 for one ULID. */
function drawsFrom(bytes: Uint8Array): () => number {
  let next = 0
  return () => {
    next += 1
    return (bytes[next - 1] ?? 0) / 256
  }
}
