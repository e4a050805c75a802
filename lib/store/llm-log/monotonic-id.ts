import { incrementBase32, ulid } from 'ulid'
import type { Clock } from '../../port/clock.js'

export interface MonotonicIdsOptions {
  readonly clock: Clock
  /** So many bytes of good chance. */
  readonly randomBytes: (count: number) => Uint8Array
}

// Shared by all stores of the process: llm orders its log by id alone.
let newestId = ''
let newestMs = -1

/**
 * Makes lower-case ULIDs, each greater than any that this process made before, also when the clock
 * steps back: then, and within one millisecond, the next is the one before plus 1.
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

/** The sixteen draws, each below 1, that one ULID takes. */
function drawsFrom(bytes: Uint8Array): () => number {
  let next = 0
  return () => {
    next += 1
    return (bytes[next - 1] ?? 0) / 256
  }
}
