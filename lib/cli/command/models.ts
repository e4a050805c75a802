import { readDefaultModel, writeDefaultModel } from '../../home/default-model.js'
import { readModelNames } from '../../home/read-model-names.js'
import { printableLine } from '../../host/printable.js'
import { resolveModel } from '../../model/catalog/resolve-model.js'
import { listModels } from '../../model/list-models.js'
import { exitCodes } from '../text/exit-code.js'
import type { RunCommand } from '../words/command.js'

/** `llm models [-q TERM]…`: a line for each model, and without terms the default model last. */
export const runModelsList: RunCommand = async ({ lists }, surroundings) => {
  const { home, environment, clock } = surroundings
  const terms = (lists.query ?? []).map(term => term.toLowerCase())
  const { findLocalServers } = await import('../../model/server/find-local-servers.js')
  const [names, servers] = await Promise.all([
    readModelNames(home),
    findLocalServers(environment, clock),
  ])
  const lines = listModels(names, servers).filter(line =>
    terms.every(term => line.toLowerCase().includes(term)),
  )
  if (terms.length === 0) lines.push(`Default: ${await readDefaultModel(home.folder)}`)
  surroundings.stdout.write(lines.map(line => `${printableLine(line)}\n`).join(''))
  return exitCodes.allAnswered
}

/** `llm models default [MODEL]`: prints the default model, or sets it. */
export const runModelsDefault: RunCommand = async ({ operands }, surroundings) => {
  const { home } = surroundings
  const name = operands[0]
  if (name === undefined) {
    surroundings.stdout.write(`${printableLine(await readDefaultModel(home.folder))}\n`)
  } else {
    await writeDefaultModel(home.folder, resolveModel(name, await readModelNames(home)).id)
  }
  return exitCodes.allAnswered
}
