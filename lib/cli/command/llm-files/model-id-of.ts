import { BatchError } from '../../../error/batch-error.js'
import { embeddingList } from '../../../model/catalog/embedding-list.js'
import { resolveModel } from '../../../model/catalog/resolve-model.js'
import type { ModelNames } from '../../../port/model-names.js'

/** The id of the model that a name means. The name itself for an unknown model, as in llm. */
export function modelIdOf(name: string, names: ModelNames): string {
  try {
    return resolveModel(name, names).id
  } catch (error) {
    if (!BatchError.isInstance(error)) throw error
    return embeddingList.find(({ aliases }) => aliases.includes(name))?.id ?? name
  }
}
