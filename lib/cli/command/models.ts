import { readDefaultModel, writeDefaultModel } from '../../home/default-model.js'
import { readModelNames } from '../../home/read-model-names.js'
import { printableLine } from '../../host/printable.js'
import { resolveModel } from '../../model/catalog/resolve-model.js'
import { isListedMatch, type ListedEntry, listedLine, listModels } from '../../model/list-models.js'
import { exitCodes } from '../text/exit-code.js'
import { modelOptionTexts, modelsJson } from '../text/model-text.js'
import { pythonColumns } from '../text/python-columns.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../words/command.js'
import { asSettingInvalid } from '../words/usage-errors.js'

/** `llm models`: a line for each model, and at last the default model. */
export const runModelsList: RunCommand = async (given, surroundings) => {
  const { switches, lists } = given
  const { stdout, home } = surroundings
  const entries = (await allModels(surroundings)).filter(entry => isAsked(entry, given))
  if (switches.json) {
    stdout.write(`${modelsJson(entries, switches.options === true)}\n`)
    return exitCodes.allAnswered
  }
  const texts = switches.options
    ? modelOptionTexts(entries, pythonColumns(surroundings))
    : entries.map(listedLine)
  const lines = texts.flatMap(text => text.split('\n'))
  const isAll = [lists.query, lists.model].every(list => list === undefined)
  if (isAll && !switches.options && !switches.schemas) {
    lines.push(`Default: ${await readDefaultModel(home.folder)}`)
  }
  stdout.write(lines.map(line => `${printableLine(line)}\n`).join(''))
  return exitCodes.allAnswered
}

/** All models and lines of providers, with those of servers that run on this machine. */
export async function allModels({
  home,
  environment,
  clock,
}: CommandSurroundings): Promise<readonly ListedEntry[]> {
  const { findLocalServers } = await import('../../model/server/find-local-servers.js')
  const [names, servers] = await Promise.all([
    readModelNames(home),
    findLocalServers(environment, clock),
  ])
  return listModels(names, servers)
}

function isAsked(entry: ListedEntry, { lists, switches }: GivenCommand): boolean {
  const { model, aliases } = entry
  const ids = lists.model
  if (!(lists.query ?? []).every(query => isListedMatch(entry, query))) return false
  if (ids && !ids.some(id => id === model?.id || aliases.includes(id))) return false
  const { supportsSchema, supportsTools, supportsAsync } = model?.features ?? {}
  return (
    (!switches.schemas || supportsSchema === true) &&
    (!switches.tools || supportsTools === true) &&
    (!switches.async || supportsAsync === true)
  )
}

async function idOf(name: string, { home }: CommandSurroundings): Promise<string> {
  const names = await readModelNames(home)
  try {
    return resolveModel(name, names).id
  } catch (error) {
    throw asSettingInvalid(error, 'MODEL_UNKNOWN')
  }
}

/** `llm models default [MODEL]`: prints the default model, or sets it. */
export const runModelsDefault: RunCommand = async ({ operands }, surroundings) => {
  const { home } = surroundings
  const name = operands[0]
  if (name === undefined) {
    surroundings.stdout.write(`${printableLine(await readDefaultModel(home.folder))}\n`)
  } else {
    await writeDefaultModel(home.folder, await idOf(name, surroundings))
  }
  return exitCodes.allAnswered
}
