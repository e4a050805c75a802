import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { CommandSurroundings } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'

/**
 * Reads a secret: on a terminal hidden, else all of standard input.
 *
 * @throws {BatchError} USAGE_INVALID for an empty secret; RUN_INTERRUPTED after Ctrl-C.
 */
export async function readSecret(
  question: string,
  surroundings: Pick<CommandSurroundings, 'stdin' | 'stderr'>,
): Promise<string> {
  const isAsked = surroundings.stdin.isTTY === true
  const given = isAsked ? await askHidden(question, surroundings) : await text(surroundings.stdin)
  return cleanSecret(given)
}

/** Removes blanks around a secret. @throws {BatchError} USAGE_INVALID if nothing is left. */
export function cleanSecret(given: string): string {
  const secret = given.trim()
  if (secret === '') throw usageInvalid('No key was given.', 'Type or pipe it in, or use --value.')
  return secret
}

function askHidden(
  question: string,
  { stdin, stderr }: Pick<CommandSurroundings, 'stdin' | 'stderr'>,
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true })
  stderr.write(question)
  return new Promise<string>((resolve, reject) => {
    reader.once('line', resolve)
    reader.once('SIGINT', () => reject(interrupted()))
    // Ctrl-D on an empty line. After a line or Ctrl-C, this does nothing.
    reader.once('close', () => resolve(''))
  }).finally(() => {
    reader.close()
    stderr.write('\n')
  })
}

function interrupted(): BatchError {
  return runError('RUN_INTERRUPTED', 'Interrupted')
}
