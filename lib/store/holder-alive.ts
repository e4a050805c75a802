import { hostname } from 'node:os'
import type { Clock } from '../port/clock.js'

/** The process that holds a batch, as `batch_runs` names it. */
export interface Holder {
  readonly host: string | null
  readonly process_id: number | null
  readonly lease: string | null
  /** Its heartbeat, as `logDate` writes it. */
  readonly updated_at: string
}

export interface HolderAliveOptions {
  readonly clock: Clock
  /** Of this process. */
  readonly processId?: number | undefined
  /**
   * Whether a process of this machine is alive that was there at a moment, in milliseconds since 1970; without it, and
   * for other machines, the heartbeat alone tells.
   */
  readonly isProcessAlive?: ((processId: number, seenMs: number) => boolean) | undefined
}

/** A process far away, or one that cannot be looked for, is gone after so much silence. */
const longestSilenceMs = 60_000
/** One that is there may be stopped, or wait for a lock; after so long it is another one with its number. */
const longestSilenceAliveMs = 600_000

// By their random names, for a process that got the number of the one before it, as in a container it always does.
const leasesHere = new Set<string>()

/** Says that this process holds a lease, until `dropLease`. */
export function keepLease(lease: string): void {
  leasesHere.add(lease)
}

export function dropLease(lease: string): void {
  leasesHere.delete(lease)
}

/** Whether the process that holds a running batch is alive, as well as can be told from here. */
export function isHolderAlive(holder: Holder, options: HolderAliveOptions): boolean {
  const { clock, processId, isProcessAlive } = options
  const seenMs = Date.parse(holder.updated_at)
  const silentMs = clock.nowMs() - seenMs
  const isHere = holder.host === hostname() && holder.process_id !== null
  if (!isHere || isProcessAlive === undefined) return silentMs < longestSilenceMs
  if (holder.process_id === processId) return leasesHere.has(holder.lease ?? '')
  return silentMs < longestSilenceAliveMs && isProcessAlive(holder.process_id, seenMs)
}
