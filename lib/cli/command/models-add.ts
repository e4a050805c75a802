import { resolve } from 'node:path'
import { nameGgufModel } from '../../home/gguf-models.js'
import { readModelNames } from '../../home/read-model-names.js'
import { printableLine } from '../../host/printable.js'
import { isNameTaken } from '../../model/catalog/resolve-model.js'
import { checkGgufFile } from '../../model/gguf/load-gguf.js'
import { exitCodes } from '../text/exit-code.js'
import type { RunCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'

/** `llm models add NAME PATH`: gives a GGUF file a name, also for Python's llm-gguf. */
export const runModelsAdd: RunCommand = async ({ operands }, surroundings) => {
  const [name = '', given = ''] = operands
  const { home } = surroundings
  const names = await readModelNames(home)
  const isAlias = names.ggufModels.some(
    model => model.name !== name && model.aliases.includes(name),
  )
  checkName(name, isAlias || isNameTaken(name, names))
  const path = resolve(surroundings.workingDirectory, given.replace(/^gguf:/, ''))
  await checkGgufFile(path)
  const before = await nameGgufModel(home.folder, { name, path })
  const instead = before === undefined || before === path ? '' : `, instead of ${before}`
  surroundings.stderr.write(`${printableLine(`${name} is ${path}${instead}`)}\n`)
  return exitCodes.allAnswered
}

function checkName(name: string, isTaken: boolean): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw usageInvalid(
      `A model cannot be called "${name}".`,
      'Use letters, digits, dots, dashes and underscores, as in: llm models add qwen ./qwen.gguf',
    )
  }
  if (isTaken) {
    throw usageInvalid(`A model called ${name} already exists.`, 'Choose another name.')
  }
}
