import { basename, resolve } from 'node:path'
import type { GgufModel } from '../../port/model-names.js'
import type { ModelReference } from './model-reference.js'
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
  // A pullable model is found under its name and under its file's name, so that a batch that
  // started under one of them can resume.
  const pullable = findPullable(name)
  const pulled = pullable && models.find(({ path: own }) => basename(own) === pullable.file)
  if (pullable && pulled) return ggufReference(ggufId(pullable.name), pulled)
  const lying = models.find(({ path: own }) => [stemOf(own), ggufId(stemOf(own))].includes(name))
  return lying && ggufReference(ggufId(stemOf(lying.path)), lying)
}

/** The model that can be downloaded under a name, or under its id in llm. */
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
