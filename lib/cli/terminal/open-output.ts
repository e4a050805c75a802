import { fstatSync, readSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import { Writable } from 'node:stream'
import type { TerminalOutput } from '../../host/screen-output.js'

/** Standard output; where it was closed before we began (`>&-`), a stream that takes nothing. */
export function openOutput(): TerminalOutput {
  return isClosed() ? new Writable().destroy() : process.stdout
}

/**
 * In place of a closed one, Node opens the null device for reading and writing, while a shell's
 * `> /dev/null` is for writing alone. Some programs that start us without an output do as Node does
 * (`1<>/dev/null`), and nothing tells the two apart: mode, flags, position and inode in
 * /proc/self/fdinfo are the same. They are told to name an output.
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
