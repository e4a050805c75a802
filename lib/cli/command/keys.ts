import { runError } from '../../error/batch-error.js'
import { keysPath, readKeys, setKey } from '../../home/stored-keys.js'
import { printableLine } from '../../host/printable.js'
import { cleanSecret, readSecret } from '../terminal/ask-user.js'
import { exitCodes } from '../text/exit-code.js'
import type { RunCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'

/** `llm keys`: prints the names of the keys, sorted; never a key. */
export const runKeysList: RunCommand = async (_given, surroundings) => {
  const names = [...(await readKeys(surroundings.home.folder)).keys()].sort()
  const lines = names.length === 0 ? ['No keys found'] : names.map(printableLine)
  surroundings.stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.allAnswered
}

/** `llm keys set NAME [--value KEY]` */
export const runKeysSet: RunCommand = async ({ operands, texts }, surroundings) => {
  const name = operands[0] ?? ''
  if (name.trim() === '') throw usageInvalid('A key needs a name.', 'As in: llm keys set openai')
  const question = `Enter key for ${printableLine(name)}: `
  const { value: given } = texts
  const value = given === undefined ? await readSecret(question, surroundings) : cleanSecret(given)
  await setKey(surroundings.home.folder, { name, value })
  return exitCodes.allAnswered
}

/** `llm keys get NAME` */
export const runKeysGet: RunCommand = async ({ operands }, surroundings) => {
  const name = operands[0] ?? ''
  const keys = await readKeys(surroundings.home.folder)
  const key = keys.get(name)
  if (key === undefined) {
    throw keys.size === 0
      ? runError('SETTING_INVALID', 'No keys found', 'Store one with: llm keys set NAME')
      : runError('SETTING_INVALID', `No key found with name '${name}'`, 'See llm keys list.')
  }
  surroundings.stdout.write(`${key}\n`)
  return exitCodes.allAnswered
}

/** `llm keys path` */
export const runKeysPath: RunCommand = async (_given, surroundings) => {
  surroundings.stdout.write(`${keysPath(surroundings.home.folder)}\n`)
  return exitCodes.allAnswered
}
