import type { Fragment } from '../../row/prompt.js'
import { wellFormedJson } from '../database/well-formed-json.js'

/** A text that many entries share and refer to by hash: a fragment or a system message. */
export interface SharedValue {
  readonly hash: string
  /** JSON of the kind, the hash, the content, and the source of a fragment. */
  readonly json: string
}

/**
 * Returns the shared values of a prompt's entry; the same array for prompts with the same values.
 */
export function sharedValues(): (
  fragments: readonly Fragment[],
  systemHash: string | undefined,
  system: string,
) => readonly SharedValue[] {
  let last: { fragments: readonly Fragment[]; system: string; values: readonly SharedValue[] } = {
    fragments: [],
    system: '',
    values: [],
  }
  return (fragments, systemHash, system) => {
    const isSame =
      last.system === system &&
      (last.fragments === fragments || (last.fragments.length === 0 && fragments.length === 0))
    if (!isSame) {
      const values = fragments.map(({ hash, content, source }) =>
        sharedValue('fragment', hash, [content, source ?? null]),
      )
      if (systemHash !== undefined) values.push(sharedValue('system', systemHash, [system, null]))
      last = { fragments, system, values }
    }
    return last.values
  }
}

function sharedValue(
  kind: 'fragment' | 'system',
  hash: string,
  rest: readonly (string | null)[],
): SharedValue {
  return { hash, json: wellFormedJson([kind, hash, ...rest]) }
}
