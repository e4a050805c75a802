import { join } from 'node:path'
import { runError } from '../error/batch-error.js'
import type { PythonObject } from '../row/python/python-json.js'
import { pythonJsonText } from '../row/python/python-json-text.js'
import { readHomeObject, readHomeText } from './home-file.js'
import { writeHomeFile } from './write-home-file.js'

export function aliasesPath(folder: string): string {
  return join(folder, 'aliases.json')
}

/** Stores an alias in llm's file format. The other aliases stay, in their order. */
export async function setAlias(
  folder: string,
  { alias, modelId }: { readonly alias: string; readonly modelId: string },
): Promise<void> {
  const stored = await readHomeObject(aliasesPath(folder))
  await writeAliases(folder, new Map(stored).set(alias, modelId))
}

/** @throws {BatchError} SETTING_INVALID, in llm's words, if there is no such alias. */
export async function removeAlias(folder: string, alias: string): Promise<void> {
  const path = aliasesPath(folder)
  if ((await readHomeText(path)) === undefined) {
    throw runError('SETTING_INVALID', 'No aliases.json file exists', 'There is nothing to remove.')
  }
  const stored = new Map(await readHomeObject(path))
  if (!stored.delete(alias)) {
    const remedy = 'Only aliases of aliases.json can be removed; see llm aliases.'
    throw runError('SETTING_INVALID', `No such alias: ${alias}`, remedy)
  }
  await writeAliases(folder, stored)
}

async function writeAliases(folder: string, aliases: PythonObject): Promise<void> {
  await writeHomeFile(aliasesPath(folder), `${pythonJsonText(aliases, 'wide')}\n`)
}
