import { createInterface } from 'node:readline'
import { type BatchError, runError } from '../../error/batch-error.js'
import { printableLine } from '../../host/printable.js'
import type { CommandSurroundings } from '../words/command.js'

/**
 * Asks on a terminal; everything but a yes is a no.
 *
 * @throws {BatchError} RUN_INTERRUPTED when the person breaks off.
 */
export function askYesNo(
  question: string,
  { stdin, stderr }: Pick<CommandSurroundings, 'stdin' | 'stderr'>,
): Promise<boolean> {
  // What is typed is shown and mended by sequences of readline's own.
  const output = stderr.unscreened ?? stderr
  const reader = createInterface({ input: stdin, output, terminal: true })
  return new Promise<boolean>((resolve, reject) => {
    reader.question(`${printableLine(question)} [y/N] `, answer =>
      resolve(/^\s*y(es)?\s*$/i.test(answer)),
    )
    reader.once('SIGINT', () => reject(interrupted()))
    // Ctrl-D; after a line it is too late to matter.
    reader.once('close', () => resolve(false))
  }).finally(() => reader.close())
}

function interrupted(): BatchError {
  return runError('RUN_INTERRUPTED', 'Interrupted')
}
