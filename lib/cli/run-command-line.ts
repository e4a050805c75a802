import { openHome } from '../home/open-home.js'
import { screenOutput } from '../host/screen-output.js'
import { commands } from './command-list.js'
import { readVersion } from './read-version.js'
import { errorText } from './text/error-text.js'
import { exitCodes, isDefect, isInterruption } from './text/exit-code.js'
import type { CommandProcess, CommandSurroundings } from './words/command.js'
import { commandHelpText, overviewText } from './words/help-text.js'
import { parseCommandLine } from './words/parse-command-line.js'

/**
 * Runs the words after `llm`, and returns the exit code. Never rejects: errors are printed on
 * stderr.
 */
export async function runCommandLine(
  words: readonly string[],
  given: CommandProcess,
): Promise<number> {
  const surroundings = onScreens(given)
  try {
    return await doAsAsked(words, surroundings)
  } catch (error) {
    const withStack = Boolean(surroundings.environment.LLM_RAISE_ERRORS)
    surroundings.stderr.write(errorText(error, { withStack }))
    if (isInterruption(error)) return exitCodes.interrupted
    return isDefect(error) ? exitCodes.defect : exitCodes.askedWrongly
  }
}

/** A copy that does not read the property `stdin`, which would open standard input. */
function onScreens(given: CommandProcess): CommandSurroundings {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(given))
  return Object.assign(copy as CommandSurroundings, {
    stdout: screenOutput(given.stdout),
    stderr: screenOutput(given.stderr),
    home: openHome(given),
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
      surroundings.stdout.write(command ? commandHelpText(command) : overviewText(commands))
      return exitCodes.allAnswered
    }
    case 'version':
      surroundings.stdout.write(`llm-batch ${await readVersion()}\n`)
      return exitCodes.allAnswered
    case 'run': {
      const run = await asked.command.load()
      return run(asked.given, surroundings)
    }
  }
}
