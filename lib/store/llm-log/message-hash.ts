import { createBLAKE2b } from 'hash-wasm'

/** The hashes of llm's message store, from `loadMessageHash`. */
export interface MessageHash {
  /** Hash of a message of text and reasoning. */
  readonly ofTexts: (role: string, parts: readonly TextPart[], parent: string | undefined) => string
  /** The id of a schema, from its stored text: BLAKE2b-128 in hex, without a prefix. */
  readonly ofSchema: (content: string) => string
}

/** A part with text only. The text must be well-formed: Python cannot encode a lone surrogate. */
export interface TextPart {
  readonly type: 'text' | 'reasoning'
  readonly text: string
}

/**
 * Loads the functions for llm's message hashes: `b2:` and BLAKE2b-128 of
 * `{"message": …, "parent": …}` in canonical JSON.
 *
 * Uses WebAssembly: Node 20's BLAKE2b has no 16-byte digest (a longer digest, cut, is another
 * hash), and plain JavaScript takes ten times as long.
 */
export async function loadMessageHash(): Promise<MessageHash> {
  const hasher = await createBLAKE2b(128)
  const blake2b128 = (text: string) => hasher.init().update(text).digest('hex')
  return {
    ofSchema: blake2b128,
    ofTexts(role, parts, parent) {
      const texts = parts.map(part => `{"text":${JSON.stringify(part.text)},"type":"${part.type}"}`)
      const message = `{"parts":[${texts.join(',')}],"role":"${role}"}`
      return `b2:${blake2b128(`{"message":${message},"parent":${JSON.stringify(parent ?? null)}}`)}`
    },
  }
}
