import { homedir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../port/clock.js'
import { identifyProcess } from './identify-process.js'
import { screenOutput } from './screen-output.js'
import { systemClock } from './system-clock.js'

/** What a batch uses of the process and the machine. */
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
  /** Number of this process, so that other processes can tell whether it is alive. */
  readonly processId?: number | undefined
  /** See `identifyProcess`. */
  readonly identifyProcess?: ((processId: number) => string | undefined) | undefined
}

/** The surroundings of this process. Below the command line, only this function reads them. */
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
