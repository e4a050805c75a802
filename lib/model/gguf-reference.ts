import { resolve } from 'node:path'
import type { ModelReference } from './model-reference.js'
import { ggufOptionList } from './option-list.js'
import { pullList } from './pull-list.js'

/** A GGUF file that has a name; the user's folder says which. */
export interface NamedGguf {
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly aliases: readonly string[]
  readonly contextTokens?: number
}

/** As llm-gguf calls it in llm. */
export function ggufId(name: string): string {
  return `gguf/${name}`
}

/**
 * The GGUF file that a name means: `gguf:PATH`, else `gguf/NAME`, an alias, or the name alone; and a file that
 * `llm models pull` would get by the name it has there, however it came to be.
 */
export function findGguf(
  name: string,
  models: readonly NamedGguf[] = [],
): ModelReference | undefined {
  const path = /^gguf:(.+)$/s.exec(name)?.[1]
  if (path !== undefined) {
    const file = resolve(path)
    return ggufReference(`gguf:${file}`, { path: file })
  }
  const model =
    models.find(({ name: own }) => ggufId(own) === name) ??
    models.find(({ aliases }) => aliases.includes(name)) ??
    models.find(({ name: own }) => own === name) ??
    models.find(({ path: own }) => isPulled(own, name))
  return model && ggufReference(ggufId(model.name), model)
}

function isPulled(path: string, name: string): boolean {
  const pullable = pullList.find(one => [one.name, ggufId(one.name)].includes(name))
  return pullable !== undefined && path.endsWith(pullable.file)
}

function ggufReference(
  id: string,
  { path, contextTokens }: Pick<NamedGguf, 'path' | 'contextTokens'>,
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
