import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'

/**
 * Opens the terminal of this process for reading, also if standard input is a pipe. The caller
 * destroys the stream.
 *
 * @returns undefined for a process without a terminal, and on Windows.
 */
export function openTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'))
  } catch {
    return undefined
  }
}
