import { join } from 'node:path'
import { homeFileInvalid, isRecord, readHomeJson } from './home-file.js'

/** Options by llm's names, still as written; llm's own command line stores them all as text. */
export type GivenOptions = Readonly<Record<string, string | number | boolean>>

/**
 * The options the user keeps for a model (`llm models options set`), from model_options.json.
 *
 * llm takes a broken file for an empty one; here it is an error, because whole batches would be asked otherwise
 * than was meant.
 *
 * @throws {BatchError} HOME_FILE_INVALID
 */
export async function readModelDefaults(folder: string, modelId: string): Promise<GivenOptions> {
  const path = join(folder, 'model_options.json')
  const stored = (await readHomeJson(path)) ?? {}
  const options = Object.hasOwn(stored, modelId) ? stored[modelId] : {}
  if (!isRecord(options)) throw homeFileInvalid(path, `its entry "${modelId}" is no object`)
  return checkGivenOptions(path, options)
}

/** @throws {BatchError} HOME_FILE_INVALID when a value is no text, number or boolean. */
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
      throw homeFileInvalid(path, `its option "${name}" is neither text, number nor true or false`)
    }
  }
  return Object.fromEntries(given)
}
