import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export const fileFaults = ['EIO', 'ENOSPC', 'EMFILE'] as const
export type FileFault = (typeof fileFaults)[number]

const preload = pathToFileURL(resolve(import.meta.dirname, 'fail-file-call.mjs')).href

/**
 * The environment of a command whose file-system call of this number, from 1, fails; without one
 * they are counted.
 */
export function failingAt(
  call?: number,
  fault: FileFault = 'EIO',
): Readonly<Record<string, string>> {
  const chosen = call === undefined ? {} : { FAIL_FILE_CALL: `${call}:${fault}` }
  return { ...chosen, NODE_OPTIONS: `--import ${preload}` }
}

/** How many file-system calls a command made, by what it said. */
export function fileCalls(stderr: string): number {
  return Number(/^FAIL_FILE_CALL counted (\d+)$/m.exec(stderr)?.[1])
}
