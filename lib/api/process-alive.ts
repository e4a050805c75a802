import { readFileSync } from 'node:fs'

/** Ticks of a second in /proc, on every Linux there is. */
const ticksPerSecond = 100
/** The moment of the last start is kept in whole seconds. */
const toleranceMs = 2000

/**
 * Whether the process of this machine that had a number at a moment (milliseconds since 1970) still runs.
 *
 * One that was killed and that nobody has reaped yet (in a container, perhaps nobody ever does) is still in the process
 * table, and is gone all the same. One that was started since is another, which got the number; that can be told on
 * Linux alone.
 */
export function isProcessAlive(processId: number, seenMs: number): boolean {
  try {
    process.kill(processId, 0) // signal 0 is sent to nobody; it tells whether one could be
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const seen = lookAt(processId)
  return seen === undefined || !(seen.isZombie || seen.startedMs > seenMs + toleranceMs)
}

interface Seen {
  readonly isZombie: boolean
  readonly startedMs: number
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html fields 3 and 22; proc_stat.5 for `btime`. */
function lookAt(processId: number): Seen | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1')
    // The name before may hold anything, blanks and brackets too.
    const [state = '', ...further] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const bootedSeconds = /^btime (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]
    const startedSeconds = Number(bootedSeconds) + Number(further[18]) / ticksPerSecond
    return { isZombie: /^[ZX]/.test(state), startedMs: startedSeconds * 1000 }
  } catch {
    return undefined // No Linux, or gone in this very moment.
  }
}
