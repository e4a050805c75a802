import { basename, resolve } from 'node:path'
import type { GgufModel } from '../../port/model-names.js'
import type { ModelReference } from './model-reference.js'
import { ggufOptionList } from './option-list.js'
import { type PullableModel, pullList } from './pull-list.js'

/** As llm-gguf calls it in llm. */
export function ggufId(name: string): string {
  return `gguf/${name}`
}

/**
 * The GGUF file that a name means: `gguf:PATH`, else `gguf/NAME`, an alias, or the name alone; and
 * a file that `llm models pull` would get by the name it has there, however it came to be.
 */
export function findGguf(
  name: string,
  models: readonly GgufModel[] = [],
): ModelReference | undefined {
  const path = /^gguf:(.+)$/s.exec(name)?.[1]
  if (path !== undefined) {
    const file = resolve(path)
    return ggufReference(`gguf:${file}`, { path: file })
  }
  const named =
    models.find(({ name: own }) => ggufId(own) === name) ??
    models.find(({ aliases }) => aliases.includes(name)) ??
    models.find(({ name: own }) => own === name)
  if (named !== undefined) return ggufReference(ggufId(named.name), named)
  // By the name that it will have once it is pulled, and by that of its file, which it had before
  // it was named: a batch that was begun under either goes on under it.
  const pullable = findPullable(name)
  const pulled = pullable && models.find(({ path: own }) => basename(own) === pullable.file)
  if (pullable && pulled) return ggufReference(ggufId(pullable.name), pulled)
  const lying = models.find(({ path: own }) => [stemOf(own), ggufId(stemOf(own))].includes(name))
  return lying && ggufReference(ggufId(stemOf(lying.path)), lying)
}

/** The model that can be downloaded under a name, or as llm calls it then. */
export function findPullable(name: string): PullableModel | undefined {
  return pullList.find(one => [one.name, ggufId(one.name)].includes(name))
}

function stemOf(path: string): string {
  return basename(path).replace(/\.gguf$/i, '')
}

function ggufReference(
  id: string,
  { path, contextTokens }: Pick<GgufModel, 'path' | 'contextTokens'>,
): ModelReference {
  return {
    id,
    name: id,
    provider: 'gguf',
    providerTitle: 'GGUF',
    apiName: path,
    wire: 'gguf',
    baseUrl: undefined,
    headers: {},
    keyNeed: undefined,
    isKeyOptional: true,
    options: ggufOptionList,
    contextTokens,
  }
}
