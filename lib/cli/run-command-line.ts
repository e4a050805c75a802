import { BatchError } from '../error/batch-error.js'
import { openHome } from '../home/open-home.js'
import { identifyProcess } from '../host/identify-process.js'
import { screenOutput } from '../host/screen-output.js'
import { systemClock } from '../host/system-clock.js'
import { namerFor, programNameOf, wordsMeant } from './called-name.js'
import { commands } from './command-list.js'
import { handOver } from './hand-over.js'
import { commandHelpText, overviewText } from './manual/help-text.js'
import { readVersion } from './read-version.js'
import { errorText } from './text/error-text.js'
import { exitCodeOfError, exitCodes } from './text/exit-code.js'
import { columnsOf } from './text/table-text.js'
import type { CommandProcess, CommandSurroundings } from './words/command.js'
import { parseCommandLine } from './words/parse-command-line.js'
import { meantBy } from './words/usage-errors.js'

/**
 * Runs the words after `llm`, and returns the exit code. Never rejects: errors are printed on
 * stderr.
 */
export async function runCommandLine(
  words: readonly string[],
  given: CommandProcess,
): Promise<number> {
  const surroundings = surroundingsOf(given)
  try {
    return await doAsAsked(wordsMeant(words, surroundings.program, commands), surroundings)
  } catch (error) {
    const { environment, asCalled } = surroundings
    surroundings.stderr.write(errorText(error, environment, asCalled))
    return exitCodeOfError(error)
  }
}

/** A copy that does not read the property `stdin`, which would open standard input. */
function surroundingsOf(given: CommandProcess): CommandSurroundings {
  const program = programNameOf(given.programPath)
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(given))
  return Object.assign(copy as CommandProcess, {
    clock: given.clock ?? systemClock,
    stdout: screenOutput(given.stdout),
    stderr: screenOutput(given.stderr),
    isTerminalOutput: given.stdout.isTTY === true,
    identifyProcess,
    home: openHome(given),
    program,
    asCalled: namerFor(program, commands),
  })
}

async function doAsAsked(
  words: readonly string[],
  surroundings: CommandSurroundings,
): Promise<number> {
  const asked = parseCommandLine(words, commands)
  switch (asked.kind) {
    case 'help': {
      const { command } = asked
      const width = columnsOf(surroundings.stdout)
      const text = command ? commandHelpText(command, width) : overviewText(commands, width)
      surroundings.stdout.write(surroundings.asCalled(text))
      return exitCodes.allAnswered
    }
    case 'version':
      surroundings.stdout.write(`llm-batch ${await readVersion()}\n`)
      return exitCodes.allAnswered
    case 'unknown':
      return handOver(words, asked, surroundings)
    case 'run': {
      const { command, given } = asked
      const run = await command.load()
      return run(given, surroundings).catch(error => {
        throw withCommandMeant(error, `${command.words} ${given.operands[0]}`)
      })
    }
  }
}

/** `llm batch lst` and `llm batch help` ask for an input that does not exist. */
function withCommandMeant(error: unknown, asked: string): unknown {
  if (!BatchError.isInstance(error) || error.code !== 'INPUT_NOT_FOUND') return error
  const ofHelp = asked === 'batch help' ? 'For help, write: llm batch --help' : undefined
  const remedy = ofHelp ?? (/^batch [\w-]+$/.test(asked) ? meantBy(asked, commands) : undefined)
  if (remedy === undefined) return error
  const { message, code, reach } = error
  return new BatchError(message, { code, reach, remedy, cause: error })
}
