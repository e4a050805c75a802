import { readFileSync } from 'node:fs'

/**
 * Megabytes that this process had resident at most. On Linux `maxRSS` begins with what the process had that started
 * this one, and a worker of jest has more than a command; `VmHWM` begins with the program.
 */
export function peakRssMb() {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return kilobytes / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
