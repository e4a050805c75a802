import { hostname } from 'node:os'
import type { Clock } from '../../port/clock.js'

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
   * What tells a living process of this machine from all others that ever have its number ('' where nothing does);
   * undefined when none has it. Without this, and for other machines, the heartbeat alone tells.
   */
  readonly identifyProcess?: ((processId: number) => string | undefined) | undefined
}

/** A process far away, or one that cannot be looked for, is gone after so much silence. */
const longestSilenceMs = 60_000
/** One of which only the number is known may be stopped, or wait for a lock; after so long it is another one. */
const longestSilenceAliveMs = 600_000

// By their random names, for a process that got the number of the one before it, as in a container it always does.
const leasesHere = new Set<string>()

/** Between a lease's random name and what tells its process from all others. */
const mark = '@'

/** A lease that no other run has, with what tells this process from all others where that is known. */
export function leaseNamed(
  name: string,
  { processId, identifyProcess }: HolderAliveOptions,
): string {
  const identity = processId === undefined ? undefined : identifyProcess?.(processId)
  return identity ? `${name}${mark}${identity}` : name
}

/** Says that this process holds a lease, until `dropLease`. */
export function keepLease(lease: string): void {
  leasesHere.add(lease)
}

export function dropLease(lease: string): void {
  leasesHere.delete(lease)
}

/** Whether the process that holds a running batch is alive, as well as can be told from here. */
export function isHolderAlive(holder: Holder, options: HolderAliveOptions): boolean {
  const { clock, processId, identifyProcess } = options
  const silentMs = clock.nowMs() - Date.parse(holder.updated_at)
  const isHere = holder.host === hostname() && holder.process_id !== null
  if (!isHere || identifyProcess === undefined) return silentMs < longestSilenceMs
  if (holder.process_id === processId) return leasesHere.has(holder.lease ?? '')
  const identity = identifyProcess(holder.process_id)
  if (identity === undefined) return false
  const [, then = ''] = (holder.lease ?? '').split(mark)
  return identity !== '' && then !== '' ? identity === then : silentMs < longestSilenceAliveMs
}
