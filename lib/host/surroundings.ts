import { homedir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../port/clock.js'
import { identifyProcess } from './identify-process.js'
import { screenOutput } from './screen-output.js'
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
  /** What tells a living process from all others that ever have its number; undefined when none has it. See `identifyProcess`. */
  readonly identifyProcess?: ((processId: number) => string | undefined) | undefined
}

/** The world of the running process; the one place below the command line that reads it. */
export function thisProcess(): Surroundings {
  return {
    environment: process.env,
    platform: process.platform,
    homeDirectory: homedir(),
    stdin: process.stdin,
    stdout: screenOutput(process.stdout),
    isTerminalOutput: process.stdout.isTTY === true,
    clock: systemClock,
    processId: process.pid,
    identifyProcess,
  }
}
