import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Identifies a living process among all processes that ever have the same number. Returns undefined
 * if no process has this number.
 *
 * The form is `BOOT-NAMESPACE/START`. A container has process numbers of its own, and may have the
 * host's name.
 *
 * A killed process stays in the process table until its parent reaps it, in some containers for
 * ever; here such a process counts as gone. Only Linux tells the start of a process. On other
 * systems the number has to do, and the result is ''.
 */
export function identifyProcess(processId: number): string | undefined {
  try {
    process.kill(processId, 0) // signal 0 is not delivered; it tells whether the process exists
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  return startOf(processId)
}

/**
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html fields 3 (state) and 22 (ticks
 * from boot to start)
 */
function startOf(processId: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1')
    // The process name before it may contain blanks and brackets.
    const [state = '', ...further] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (/^[ZX]/.test(state)) return undefined
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]
    return `${boot.slice(0, 8)}-${namespace}/${further[18]}`
  } catch {
    return '' // Not Linux, or the process ended just now.
  }
}
