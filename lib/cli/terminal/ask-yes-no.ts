import { createInterface } from 'node:readline'
import { type BatchError, runError } from '../../error/batch-error.js'
import { printableLine } from '../../host/printable.js'
import type { CommandSurroundings } from '../words/command.js'

/**
 * Asks a question on a terminal. Any answer but yes means no.
 *
 * @throws {BatchError} RUN_INTERRUPTED after Ctrl-C.
 */
export function askYesNo(
  question: string,
  { stdin, stderr }: Pick<CommandSurroundings, 'stdin' | 'stderr'>,
): Promise<boolean> {
  // readline writes its own sequences to show and edit the answer.
  const output = stderr.unscreened ?? stderr
  const reader = createInterface({ input: stdin, output, terminal: true })
  return new Promise<boolean>((resolve, reject) => {
    reader.question(`${printableLine(question)} [y/N] `, answer =>
      resolve(/^\s*y(es)?\s*$/i.test(answer)),
    )
    reader.once('SIGINT', () => reject(interrupted()))
    // Ctrl-D. After a line, this does nothing.
    reader.once('close', () => resolve(false))
  }).finally(() => reader.close())
}

function interrupted(): BatchError {
  return runError('RUN_INTERRUPTED', 'Interrupted')
}
