import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { CommandSurroundings } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'

/**
 * Reads a secret: asked for and not shown on a terminal, else all of standard input.
 *
 * @throws {BatchError} USAGE_INVALID when there is none; RUN_INTERRUPTED when the person breaks
 * off.
 */
export async function readSecret(
  question: string,
  surroundings: Pick<CommandSurroundings, 'stdin' | 'stderr'>,
): Promise<string> {
  const isAsked = surroundings.stdin.isTTY === true
  const given = isAsked ? await askHidden(question, surroundings) : await text(surroundings.stdin)
  return cleanSecret(given)
}

/** Without the blanks around it. @throws {BatchError} USAGE_INVALID when nothing is left. */
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
    // Ctrl-D on an empty line; after a line or Ctrl-C it is too late to matter.
    reader.once('close', () => resolve(''))
  }).finally(() => {
    reader.close()
    stderr.write('\n')
  })
}

function interrupted(): BatchError {
  return runError('RUN_INTERRUPTED', 'Interrupted')
}
