import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { FileFault } from './failing-file-call.js'

const run = promisify(execFile)
const source = resolve(import.meta.dirname, 'fail-system-call.c')

export const systemCalls = ['open', 'write', 'fsync', 'ftruncate', 'rename', 'unlink'] as const
export type SystemCall = (typeof systemCalls)[number]

/** Why system calls cannot be made to fail on this machine; undefined where they can. */
export async function whyNoneFails(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it is not Linux'
  return run('cc', ['--version']).then(
    () => undefined,
    () => 'there is no C compiler',
  )
}

/** Compiles into a folder what makes system calls fail; gives its path. */
export async function compileFailing(folder: string): Promise<string> {
  const library = join(folder, 'fail-system-call.so')
  await run('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  return library
}

export interface FailingSystemCall {
  /** From `compileFailing`. */
  readonly library: string
  /** Calls on files of this folder are counted, of these kinds. */
  readonly folder: string
  readonly kinds: readonly SystemCall[]
  /** From 1; 0 only counts. */
  readonly call: number
  readonly fault: FileFault
}

/** The environment of a command of which one system call fails. */
export function failingSystemCall(given: FailingSystemCall): Readonly<Record<string, string>> {
  const { library, folder, kinds, call, fault } = given
  const chosen = `${call}:${fault}:${kinds}`
  return { LD_PRELOAD: library, FAIL_BELOW: folder, FAIL_SYSTEM_CALL: chosen }
}

/** How many system calls a command made, by what it said. */
export function systemCallsMade(stderr: string): number {
  return Number(/^FAIL_SYSTEM_CALL counted (\d+)$/m.exec(stderr)?.[1])
}
