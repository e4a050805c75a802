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
   * What tells a living process from all others that ever have its number: the namespace in which
   * that is its number, then `/` and the process. '' where nothing tells; undefined when no process
   * has the number here. Without this, and for processes of other namespaces and machines, the
   * heartbeat alone tells.
   */
  readonly identifyProcess?: ((processId: number) => string | undefined) | undefined
}

/** A process that cannot be looked for is gone after so much silence. */
const longestSilenceMs = 60_000
/**
 * One of which only the number is known may be stopped, or wait for a lock; after so long it is
 * another one.
 */
const longestSilenceAliveMs = 600_000

// By their random names: a process may drop one lease and keep another.
const leasesHere = new Set<string>()

/** Between a lease's random name and what tells its process from all others. */
const mark = '@'

/**
 * A lease that no other run has, with what tells this process from all others where that is known.
 */
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

/**
 * Whether the process that holds a running batch is alive, as well as can be told from here: it can
 * be seen in the namespace in which this process is as well, or else its heartbeat is fresh. A
 * heartbeat from the future is not: its clock was ahead, and nobody is to wait until that time
 * comes.
 */
export function isHolderAlive(holder: Holder, options: HolderAliveOptions): boolean {
  const { host, process_id, lease } = holder
  const { clock, processId, identifyProcess } = options
  const silentMs = Math.abs(clock.nowMs() - Date.parse(holder.updated_at))
  const own = (processId !== undefined && identifyProcess?.(processId)) || ''
  const [, then = ''] = (lease ?? '').split(mark)
  const isHere = host === hostname() && spaceOf(own) === spaceOf(then)
  if (!isHere || process_id === null || identifyProcess === undefined) {
    return silentMs < longestSilenceMs
  }
  if (process_id === processId && own === then) return leasesHere.has(lease ?? '')
  const identity = identifyProcess(process_id)
  if (identity === undefined) return false
  const isKnown = identity !== '' && then !== ''
  return isKnown ? identity === then : silentMs < longestSilenceAliveMs
}

function spaceOf(identity: string): string {
  return identity.slice(0, identity.lastIndexOf('/') + 1)
}
