import { type GgufModel, readGgufModels } from './gguf-models.js'
import type { Home } from './open-home.js'
import { readAliases } from './read-aliases.js'
import { type ExtraModel, readExtraModels } from './read-extra-models.js'

/** What the user's folder says about the names of models. */
export interface ModelNames {
  /** Alias → id. */
  readonly aliases: ReadonlyMap<string, string>
  readonly extraModels: readonly ExtraModel[]
  readonly ggufModels: readonly GgufModel[]
}

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
