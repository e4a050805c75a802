import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runError } from '../../error/batch-error.js'
import { printableLine } from '../../host/printable.js'
import type { CommandSurroundings } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'

type Terminal = Pick<CommandSurroundings, 'stdin' | 'stderr'>

/**
 * Asks a question on a terminal. Any answer but yes means no.
 *
 * @throws {BatchError} RUN_INTERRUPTED after Ctrl-C.
 */
export async function askYesNo(question: string, { stdin, stderr }: Terminal): Promise<boolean> {
  // readline writes its own sequences to show and edit the line.
  const screen = stderr.unscreened ?? stderr
  return isYes(await readLine(stdin, screen, `${printableLine(question)} [y/N] `))
}

/**
 * Asks whether to go on, among the results on standard output. Any answer but yes means no.
 *
 * @throws {BatchError} RUN_INTERRUPTED after Ctrl-C.
 */
export async function askToProceed(
  question: string,
  { stdin, stdout }: { readonly stdin: Terminal['stdin']; readonly stdout: Terminal['stderr'] },
): Promise<boolean> {
  return isYes(await readLine(stdin, stdout.unscreened ?? stdout, question))
}

function isYes(line: string): boolean {
  return /^\s*y(es)?\s*$/i.test(line)
}

/**
 * Reads a secret: on a terminal hidden, else all of standard input.
 *
 * @throws {BatchError} USAGE_INVALID for an empty secret; RUN_INTERRUPTED after Ctrl-C.
 */
export async function readSecret(question: string, { stdin, stderr }: Terminal): Promise<string> {
  if (stdin.isTTY !== true) return cleanSecret(await text(stdin))
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  stderr.write(question)
  const line = await readLine(stdin, nowhere, '').finally(() => stderr.write('\n'))
  return cleanSecret(line)
}

/** Removes blanks around a secret. @throws {BatchError} USAGE_INVALID if nothing is left. */
export function cleanSecret(given: string): string {
  const secret = given.trim()
  if (secret === '') throw usageInvalid('No key was given.', 'Type or pipe it in, or use --value.')
  return secret
}

/** Reads a line of a terminal; '' after Ctrl-D. @throws {BatchError} RUN_INTERRUPTED */
function readLine(
  input: CommandSurroundings['stdin'],
  output: Writable,
  question: string,
): Promise<string> {
  const reader = createInterface({ input, output, terminal: true })
  return new Promise<string>((resolve, reject) => {
    reader.question(question, resolve)
    reader.once('SIGINT', () => reject(runError('RUN_INTERRUPTED', 'Interrupted')))
    // Ctrl-D on an empty line. After a line or Ctrl-C, this does nothing.
    reader.once('close', () => resolve(''))
  }).finally(() => reader.close())
}
