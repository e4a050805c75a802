import { fstatSync, readSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import { Writable } from 'node:stream'
import type { TerminalOutput } from '../../host/screen-output.js'

/**
 * Opens standard output. If it was closed before the start (`>&-`), returns a stream that takes
 * nothing.
 */
export function openOutput(): TerminalOutput {
  return isClosed() ? new Writable().destroy() : process.stdout
}

/**
 * In place of a closed output, Node opens the null device for reading and writing; a shell's
 * `> /dev/null` is for writing only. An output opened as `1<>/dev/null` cannot be told from a
 * closed one (mode, flags, position and inode in /proc/self/fdinfo are equal), and is refused too.
 */
function isClosed(): boolean {
  try {
    const output = fstatSync(1)
    if (!output.isCharacterDevice() || output.rdev !== statSync(devNull).rdev) return false
    readSync(1, Buffer.alloc(1))
    return true
  } catch {
    return false
  }
}
