import type { PythonJson, PythonObject } from '../row/python/python-json.js'
import { pythonJsonText } from '../row/python/python-json-text.js'
import { homeFileInvalid, readHomeObject } from './home-file.js'
import { modelDefaultsPath } from './read-model-defaults.js'
import { writeHomeFile } from './write-home-file.js'

/** The default options of all models, as written: model id → option → value. */
export async function readAllModelDefaults(
  folder: string,
): Promise<ReadonlyMap<string, PythonObject>> {
  const path = modelDefaultsPath(folder)
  const stored = await readHomeObject(path)
  for (const [modelId, options] of stored) {
    if (!(options instanceof Map)) {
      throw homeFileInvalid(path, `its entry "${modelId}" is not an object`)
    }
  }
  return stored as ReadonlyMap<string, PythonObject>
}

/** Stores a default option of a model as text, as llm does. */
export async function setModelDefault(
  folder: string,
  { modelId, name, value }: Readonly<Record<'modelId' | 'name' | 'value', string>>,
): Promise<void> {
  const all = await readAllModelDefaults(folder)
  const options = new Map(all.get(modelId)).set(name, value)
  await writeModelDefaults(folder, new Map(all).set(modelId, options))
}

/**
 * Removes one default option of a model, or all. A model without options is removed too.
 *
 * @returns the names to report: all that were there, or the given name, as llm does.
 */
export async function clearModelDefaults(
  folder: string,
  { modelId, name }: { readonly modelId: string; readonly name: string | undefined },
): Promise<readonly string[]> {
  const all = new Map(await readAllModelDefaults(folder))
  const options = new Map(all.get(modelId))
  const names = name === undefined ? [...options.keys()] : [name]
  const isChanged = names.filter(each => options.delete(each)).length > 0
  if (isChanged) {
    if (options.size === 0) all.delete(modelId)
    else all.set(modelId, options)
    await writeModelDefaults(folder, all)
  }
  return names
}

async function writeModelDefaults(
  folder: string,
  all: ReadonlyMap<string, PythonJson>,
): Promise<void> {
  await writeHomeFile(modelDefaultsPath(folder), pythonJsonText(all, 'indented'))
}
