import { hostname } from 'node:os'
import type { Clock } from '../../port/clock.js'

/** The process that holds a batch, as in `batch_runs`. */
export interface Holder {
  readonly host: string | null
  readonly process_id: number | null
  readonly lease: string | null
  /** Its heartbeat, written by `logDate`. */
  readonly updated_at: string
}

export interface HolderAliveOptions {
  readonly clock: Clock
  /** Number of this process. */
  readonly processId?: number | undefined
  /**
   * Identifies a living process: the namespace of its number, then `/` and its start. '' if
   * unknown; undefined if no process here has the number. Without this, and for processes of other
   * namespaces and machines, only the heartbeat tells.
   */
  readonly identifyProcess?: ((processId: number) => string | undefined) | undefined
}

/** Milliseconds of silence after which a process that cannot be seen from here counts as gone. */
const longestSilenceMs = 60_000
/**
 * Milliseconds of silence after which a process known only by its number counts as another one. A
 * stopped process, or one that waits for a lock, may be silent for long.
 */
const longestSilenceAliveMs = 600_000

// By the leases' random names, because a process may drop one lease and keep another.
const leasesHere = new Set<string>()

/** Separates a lease's random name from the identity of its process. */
const mark = '@'

/** Makes a unique lease, with the identity of this process if known. */
export function leaseNamed(
  name: string,
  { processId, identifyProcess }: HolderAliveOptions,
): string {
  const identity = processId === undefined ? undefined : identifyProcess?.(processId)
  return identity ? `${name}${mark}${identity}` : name
}

/** Notes that this process holds a lease, until `dropLease`. */
export function keepLease(lease: string): void {
  leasesHere.add(lease)
}

export function dropLease(lease: string): void {
  leasesHere.delete(lease)
}

/**
 * Whether the process that holds a running batch is alive, as far as this process can tell: it is
 * seen in this process's namespace, or else its heartbeat is fresh. A heartbeat in the future does
 * not count as fresh: nobody should wait for a wrong clock.
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
