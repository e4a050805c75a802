import { readFileSync, readlinkSync } from 'node:fs'

/**
 * What tells a living process from all others that ever have its number; undefined when none has it here.
 *
 * `BOOT-NAMESPACE/START`: in a container, numbers mean other processes than outside, and both may say that they are on
 * the same host.
 *
 * One that was killed and that nobody has reaped yet (in a container, perhaps nobody ever does) is still in the process
 * table, and is gone all the same. Only Linux says when a process was started: elsewhere the number is all there is,
 * and this is ''.
 */
export function identifyProcess(processId: number): string | undefined {
  try {
    process.kill(processId, 0) // signal 0 is sent to nobody; it tells whether one could be
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  return startOf(processId)
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html fields 3 (state) and 22 (ticks from boot to start) */
function startOf(processId: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1')
    // The name before may hold anything, blanks and brackets too.
    const [state = '', ...further] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (/^[ZX]/.test(state)) return undefined
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]
    return `${boot.slice(0, 8)}-${namespace}/${further[18]}`
  } catch {
    return '' // No Linux, or gone in this very moment.
  }
}
