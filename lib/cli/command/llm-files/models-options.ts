import { BatchError } from '../../../error/batch-error.js'
import {
  clearModelDefaults,
  readAllModelDefaults,
  setModelDefault,
} from '../../../home/change-model-defaults.js'
import { readModelDefaults } from '../../../home/read-model-defaults.js'
import { readModelNames } from '../../../home/read-model-names.js'
import { printableLine } from '../../../host/printable.js'
import { parseModelOptions } from '../../../model/catalog/parse-model-options.js'
import { resolveModel } from '../../../model/catalog/resolve-model.js'
import type { PythonJson } from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { exitCodes } from '../../text/exit-code.js'
import type { CommandSurroundings, RunCommand } from '../../words/command.js'
import { asSettingInvalid } from '../../words/usage-errors.js'
import { modelIdOf } from './model-id-of.js'

/** `llm models options`: the default options of all models. */
export const runModelsOptionsList: RunCommand = async (_given, surroundings) => {
  const all = await readAllModelDefaults(surroundings.home.folder)
  if (all.size === 0) surroundings.stderr.write('No default options set for any models.\n')
  const lines = [...all].flatMap(([modelId, options]) => [
    `${modelId}:`,
    ...[...options].map(([name, value]) => `  ${name}: ${pythonText(value)}`),
  ])
  print(lines, surroundings)
  return exitCodes.allAnswered
}

/** `llm models options show MODEL` */
export const runModelsOptionsShow: RunCommand = async ({ operands }, surroundings) => {
  const { home, stderr } = surroundings
  const modelId = modelIdOf(operands[0] ?? '', await readModelNames(home))
  const options = (await readAllModelDefaults(home.folder)).get(modelId) ?? new Map()
  if (options.size === 0) {
    stderr.write(`${printableLine(`No default options set for model '${modelId}'.`)}\n`)
  }
  print(
    [...options].map(([name, value]) => `${name}: ${pythonText(value)}`),
    surroundings,
  )
  return exitCodes.allAnswered
}

/** `llm models options set MODEL KEY VALUE`: checks the option of a known model. */
export const runModelsOptionsSet: RunCommand = async ({ operands }, surroundings) => {
  const [given = '', name = '', value = ''] = operands
  const { home, stderr } = surroundings
  const names = await readModelNames(home)
  const modelId = modelIdOf(given, names)
  // Some options are taken only together with this one.
  const { chat_completions } = await readModelDefaults(home.folder, modelId)
  const beside = chat_completions === undefined ? {} : { chat_completions }
  try {
    parseModelOptions(resolveModel(given, names), { ...beside, [name]: value })
  } catch (error) {
    // An option of an unknown model cannot be checked.
    const isUnknown = BatchError.isInstance(error) && error.code === 'MODEL_UNKNOWN'
    if (!isUnknown) throw asSettingInvalid(error, 'MODEL_OPTION_INVALID')
  }
  await setModelDefault(home.folder, { modelId, name, value })
  const said = `Set default option ${name}=${value} for model ${modelId}`
  stderr.write(`${printableLine(said)}\n`)
  return exitCodes.allAnswered
}

/** `llm models options clear MODEL [KEY]` */
export const runModelsOptionsClear: RunCommand = async ({ operands }, surroundings) => {
  const [given = '', name] = operands
  const { home } = surroundings
  const modelId = modelIdOf(given, await readModelNames(home))
  const cleared = await clearModelDefaults(home.folder, { modelId, name: name || undefined })
  if (cleared.length === 1)
    print([`Cleared option '${cleared[0]}' for model ${modelId}`], surroundings)
  if (cleared.length > 1) {
    print([`Cleared ${cleared.join(', ')} options for model ${modelId}`], surroundings)
  }
  return exitCodes.allAnswered
}

function print(lines: readonly string[], { stdout }: CommandSurroundings): void {
  stdout.write(lines.map(line => `${line}\n`).join(''))
}

/** A value as Python's `str` writes it. llm itself stores texts only. */
function pythonText(value: PythonJson): string {
  if (typeof value === 'string') return value
  if (value === true) return 'True'
  if (value === false) return 'False'
  return value === null ? 'None' : pythonJsonText(value)
}
