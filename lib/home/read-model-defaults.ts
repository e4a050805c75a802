import { join } from 'node:path'
import { homeFileInvalid, isRecord, readHomeJson } from './home-file.js'

/** Options by llm's names, not parsed. llm's command line stores all of them as text. */
export type GivenOptions = Readonly<Record<string, string | number | boolean>>

export function modelDefaultsPath(folder: string): string {
  return join(folder, 'model_options.json')
}

/**
 * Reads the options that the user keeps for a model (`llm models options set`) from
 * model_options.json.
 *
 * llm ignores a broken file. Here a broken file is an error, because a whole batch would be asked
 * with wrong options.
 *
 * @throws {BatchError} HOME_FILE_INVALID
 */
export async function readModelDefaults(folder: string, modelId: string): Promise<GivenOptions> {
  const path = modelDefaultsPath(folder)
  const stored = (await readHomeJson(path)) ?? {}
  const options = Object.hasOwn(stored, modelId) ? stored[modelId] : {}
  if (!isRecord(options)) throw homeFileInvalid(path, `its entry "${modelId}" is not an object`)
  return checkGivenOptions(path, options)
}

/** @throws {BatchError} HOME_FILE_INVALID if a value is not a text, a number or a boolean. */
export function checkGivenOptions(
  path: string,
  options: Readonly<Record<string, unknown>>,
): GivenOptions {
  const given: [string, string | number | boolean][] = []
  for (const [name, value] of Object.entries(options)) {
    if (value === null) continue
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      given.push([name, value])
    } else {
      throw homeFileInvalid(path, `its option "${name}" is not a text, a number or a boolean`)
    }
  }
  return Object.fromEntries(given)
}
