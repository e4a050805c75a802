import type { ModelNames } from '../port/model-names.js'
import { readGgufModels } from './gguf-models.js'
import type { Home } from './open-home.js'
import { readAliases } from './read-aliases.js'
import { readExtraModels } from './read-extra-models.js'

/** @throws {BatchError} HOME_FILE_INVALID */
export async function readModelNames(
  home: Pick<Home, 'folder' | 'environment'>,
): Promise<ModelNames> {
  const [aliases, extraModels, ggufModels] = await Promise.all([
    readAliases(home.folder),
    readExtraModels(home.folder),
    readGgufModels(home),
  ])
  return { aliases, extraModels, ggufModels }
}
