import { runError } from '../../../error/batch-error.js'
import { aliasesPath, removeAlias, setAlias } from '../../../home/change-aliases.js'
import { readModelNames } from '../../../home/read-model-names.js'
import { printableLine } from '../../../host/printable.js'
import { embeddingList } from '../../../model/catalog/embedding-list.js'
import { isListedMatch } from '../../../model/list-models.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { toPythonJson } from '../../../row/python/to-python-json.js'
import { exitCodes } from '../../text/exit-code.js'
import type { CommandSurroundings, RunCommand } from '../../words/command.js'
import { allModels } from '../models.js'
import { modelIdOf } from './model-id-of.js'

/** `llm aliases`: a line for each alias, those of the models first, as llm lists them. */
export const runAliasesList: RunCommand = async ({ switches }, surroundings) => {
  const { stdout } = surroundings
  const { chat, embedding } = await aliasesOf(surroundings)
  if (switches.json) {
    const all = new Map([...chat, ...embedding])
    stdout.write(`${pythonJsonText(toPythonJson(all), 'wide')}\n`)
    return exitCodes.allAnswered
  }
  const rows = [
    ...[...chat].map(([alias, id]) => [alias, id] as const),
    ...[...embedding].map(([alias, id]) => [alias, `${id} (embedding)`] as const),
  ]
  const width = Math.max(0, ...rows.map(([alias]) => [...alias].length))
  const lines = rows.map(([alias, id]) => {
    const gap = ' '.repeat(width - [...alias].length)
    return `${alias}${gap} : ${id}\n`
  })
  stdout.write(lines.join(''))
  return exitCodes.allAnswered
}

/**
 * All aliases: alias → model id. A later model takes an alias over, in the place where it was. An
 * alias of the user that names no listed model comes last; llm leaves it out, so nobody sees it.
 */
async function aliasesOf(surroundings: CommandSurroundings) {
  const { aliases } = await readModelNames(surroundings.home)
  const chat = new Map<string, string>()
  for (const { model, aliases: names } of await allModels(surroundings)) {
    if (model === undefined) continue
    for (const alias of names) if (alias !== model.id) chat.set(alias, model.id)
  }
  const embedding = new Map<string, string>()
  for (const { id, aliases: own } of embeddingList) {
    const users = [...aliases].flatMap(([alias, target]) => (target === id ? [alias] : []))
    for (const alias of [...own, ...users]) embedding.set(alias, id)
  }
  for (const [alias, id] of aliases) if (!embedding.has(alias)) chat.set(alias, id)
  return { chat, embedding }
}

/** `llm aliases set ALIAS [MODEL_ID] [-q TERM]…` */
export const runAliasesSet: RunCommand = async ({ operands, lists }, surroundings) => {
  const [alias = '', name] = operands
  const { home, stderr } = surroundings
  if (name) {
    const modelId = modelIdOf(name, await readModelNames(home))
    await setAlias(home.folder, { alias, modelId })
    return exitCodes.allAnswered
  }
  const { query = [] } = lists
  if (query.length === 0) {
    throw runError(
      'SETTING_INVALID',
      'You must provide a model_id or at least one -q option',
      'As in: llm aliases set mini gpt-4o-mini',
    )
  }
  const found = (await allModels(surroundings)).find(
    entry => entry.model !== undefined && query.every(term => isListedMatch(entry, term)),
  )
  if (found?.model === undefined) {
    const message = `No model found matching query: ${query.join(', ')}`
    throw runError('SETTING_INVALID', message, 'See llm models.')
  }
  const { id: modelId } = found.model
  await setAlias(home.folder, { alias, modelId })
  stderr.write(`${printableLine(`Alias '${alias}' set to model '${modelId}'`)}\n`)
  return exitCodes.allAnswered
}

/** `llm aliases remove ALIAS` */
export const runAliasesRemove: RunCommand = async ({ operands }, { home }) => {
  await removeAlias(home.folder, operands[0] ?? '')
  return exitCodes.allAnswered
}

/** `llm aliases path` */
export const runAliasesPath: RunCommand = async (_given, { home, stdout }) => {
  stdout.write(`${aliasesPath(home.folder)}\n`)
  return exitCodes.allAnswered
}
