import { createHash } from 'node:crypto'
import { delimiter } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import { findOtherLlm, realPathOf } from '../host/find-other-llm.js'
import { runProgram } from '../host/run-program.js'
import type { CommandSurroundings } from './words/command.js'
import type { UnknownCommand } from './words/parse-command-line.js'

/** Tells a later process of ours which programs led to it with the same words. */
const variable = 'LLM_BATCH_HANDED_OVER'

/**
 * Hands words that are not a command of ours to the next llm on the PATH, and returns its exit
 * code.
 *
 * A misspelt command of ours is not handed over: Python's llm takes an unknown word for a prompt,
 * and so a misspelt `batch` would be paid for.
 *
 * @throws {BatchError} USAGE_INVALID if there is no other llm, or the words are a mistake.
 */
export async function handOver(
  words: readonly string[],
  { error, isMisspelt }: UnknownCommand,
  surroundings: CommandSurroundings,
): Promise<number> {
  const { environment, platform, programPath, signals } = surroundings
  const asked = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 16)
  const [askedBefore, ...paths] = environment[variable]?.split(delimiter) ?? []
  const tried = askedBefore === asked ? paths : []
  const found = await findOtherLlm({ path: environment.PATH, platform, programPath, tried })
  if (found === undefined) throw error
  if (isMisspelt) throw withWayTo(found, error)
  const real = (await realPathOf(found)) ?? found
  try {
    return await runProgram(found, words, {
      environment: { ...environment, [variable]: [asked, ...tried, real].join(delimiter) },
      signals,
    })
  } catch (cause) {
    throw runError(
      'DEPENDENCY_MISSING',
      `${found} cannot be started: ${(cause as Error).message}`,
      'Repair it, or take its folder out of the PATH.',
      cause,
    )
  }
}

function withWayTo(otherLlm: string, { message, remedy, code }: BatchError): BatchError {
  return runError(code, message, `${remedy} If the other llm is meant: ${otherLlm} …`)
}
