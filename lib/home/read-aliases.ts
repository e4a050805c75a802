import { join } from 'node:path'
import { readHomeJson } from './home-file.js'

/**
 * The user's aliases: alias → model id. An alias of an alias is not followed, as in llm.
 *
 * @throws {BatchError} HOME_FILE_INVALID when aliases.json is no JSON object.
 */
export async function readAliases(folder: string): Promise<ReadonlyMap<string, string>> {
  const stored = (await readHomeJson(join(folder, 'aliases.json'))) ?? {}
  const aliases = new Map<string, string>()
  for (const [alias, modelId] of Object.entries(stored)) {
    if (typeof modelId === 'string') aliases.set(alias, modelId)
  }
  return aliases
}
