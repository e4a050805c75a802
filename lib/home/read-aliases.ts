import { join } from 'node:path'
import { readHomeJson } from './home-file.js'

/**
 * Reads the user's aliases: alias → model id. As in llm, an alias of an alias is not followed.
 *
 * @throws {BatchError} HOME_FILE_INVALID if aliases.json is not a JSON object.
 */
export async function readAliases(folder: string): Promise<ReadonlyMap<string, string>> {
  const stored = (await readHomeJson(join(folder, 'aliases.json'))) ?? {}
  const aliases = new Map<string, string>()
  for (const [alias, modelId] of Object.entries(stored)) {
    if (typeof modelId === 'string') aliases.set(alias, modelId)
  }
  return aliases
}
