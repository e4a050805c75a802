import { type GgufModel, type GgufPlaces, readGgufModels } from './gguf-models.js'
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
export async function readModelNames(places: GgufPlaces): Promise<ModelNames> {
  const [aliases, extraModels, ggufModels] = await Promise.all([
    readAliases(places.folder),
    readExtraModels(places.folder),
    readGgufModels(places),
  ])
  return { aliases, extraModels, ggufModels }
}
