import { basename, resolve } from 'node:path'
import type { GgufModel } from '../../port/model-names.js'
import type { FoundModel } from './model-reference.js'
import { ggufOptionList } from './option-list.js'
import { type PullableModel, pullList } from './pull-list.js'

/** The id that llm-gguf uses in llm. */
export function ggufId(name: string): string {
  return `gguf/${name}`
}

/**
 * Finds the GGUF file that a name means: `gguf:PATH`, else `gguf/NAME`, an alias, the name alone,
 * or the name of a model of `llm models pull` whose file is here.
 */
export function findGguf(name: string, models: readonly GgufModel[]): FoundModel | undefined {
  const given = /^gguf:(.+)$/s.exec(name)?.[1]
  if (given !== undefined) {
    const path = resolve(given)
    return ggufReference(`gguf:${path}`, { path })
  }
  const named =
    models.find(model => ggufId(model.name) === name) ??
    models.find(({ aliases }) => aliases.includes(name)) ??
    models.find(model => model.name === name)
  if (named !== undefined) return ggufReference(ggufId(named.name), named)
  const pullable = findPullable(name)
  const pulled = pullable && models.find(({ path }) => basename(path) === pullable.file)
  if (pullable && pulled) return ggufReference(ggufId(pullable.name), pulled)
  const byFile = models.find(({ path }) => [stemOf(path), ggufId(stemOf(path))].includes(name))
  return byFile && ggufReference(ggufId(stemOf(byFile.path)), byFile)
}

/** The model that can be downloaded under a name, or under its id in llm. */
export function findPullable(name: string): PullableModel | undefined {
  return pullList.find(model => [model.name, ggufId(model.name)].includes(name))
}

function stemOf(path: string): string {
  return basename(path).replace(/\.gguf$/i, '')
}

function ggufReference(
  id: string,
  { path, contextTokens }: Pick<GgufModel, 'path' | 'contextTokens'>,
): FoundModel {
  return {
    id,
    provider: 'gguf',
    providerTitle: 'GGUF',
    apiName: path,
    wire: 'gguf',
    headers: {},
    isKeyOptional: true,
    options: ggufOptionList,
    contextTokens,
  }
}
