import { bashCompletion } from '../manual/bash-completion.js'
import { commandNodes } from '../manual/command-node.js'
import { fishCompletion } from '../manual/fish-completion.js'
import { zshCompletion } from '../manual/zsh-completion.js'
import { exitCodes } from '../text/exit-code.js'
import type { Command, RunCommand } from '../words/command.js'
import { readChoice, shells } from '../words/read-value.js'

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

/** `llm completion SHELL`: prints the script with which a shell completes these commands. */
export function runCompletion(commands: readonly Command[]): RunCommand {
  return async ({ operands }, { stdout }) => {
    const shell = readChoice(operands[0] ?? '', 'SHELL', shells)
    stdout.write(scripts[shell](commandNodes(commands)))
    return exitCodes.allAnswered
  }
}
