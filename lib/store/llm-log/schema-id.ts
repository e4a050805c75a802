import type { MessageHash } from './message-hash.js'

/** A schema as llm keeps it. */
export interface KeptSchema {
  /** BLAKE2b-128 of `content`, in hex. */
  readonly id: string
  /** The schema as compact JSON in ASCII, its keys in the order given. */
  readonly content: string
}

/** Gives a schema the id that llm gives it. */
export function keepSchema(schema: object, hash: MessageHash): KeptSchema {
  const content = JSON.stringify(schema).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is not ASCII, and DEL
    /[^\u0000-\u007e]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return { id: hash.blake2b128(content), content }
}
