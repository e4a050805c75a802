import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../port/clock.js'
import { systemClock } from './system-clock.js'

/** What a batch sees of the world beside its options. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As Node names it: `linux`, `darwin`, `win32`, … */
  readonly platform: string
  readonly homeDirectory: string
  readonly stdin: Readable
  readonly stdout: Writable
  /** Whether `stdout` is shown to a person. */
  readonly isTerminalOutput: boolean
  readonly clock?: Clock | undefined
  /** Of the process that runs batches, so that others can see whether it is alive. */
  readonly processId?: number | undefined
  /** Whether a process of this machine is alive. */
  readonly isProcessAlive?: ((processId: number) => boolean) | undefined
}

/**
 * Whether a process of this machine runs. One that was killed and that nobody has reaped yet (in a container, perhaps
 * nobody ever does) is still in the process table, and is gone all the same.
 */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0) // signal 0 is sent to nobody; it tells whether one could be
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return !isZombie(processId)
}

function isZombie(processId: number): boolean {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'latin1')
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false // No Linux, or gone in this very moment.
  }
}

/** The world of the running process; the one place below the command line that reads it. */
export function thisProcess(): Surroundings {
  return {
    environment: process.env,
    platform: process.platform,
    homeDirectory: homedir(),
    stdin: process.stdin,
    stdout: process.stdout,
    isTerminalOutput: process.stdout.isTTY === true,
    clock: systemClock,
    processId: process.pid,
    isProcessAlive,
  }
}
