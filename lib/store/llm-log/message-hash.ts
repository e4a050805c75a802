import { createBLAKE2b } from 'hash-wasm'
import type { Attachment } from '../../row/attachment.js'
import { canonicalJson } from '../../row/python/canonical-json.js'
import type { PythonJson } from '../../row/python/python-json.js'
import { toPythonJson } from '../../row/python/to-python-json.js'
import type { ToolCallPart, ToolResultPart } from './tool-parts.js'

/** The hashes of llm's message store, from `loadMessageHash`. */
export interface MessageHash {
  /** Hash of a message. */
  readonly ofMessage: (
    role: string,
    parts: readonly HashedPart[],
    parent: string | undefined,
  ) => string
  /** The id of a schema, from its stored text: BLAKE2b-128 in hex, without a prefix. */
  readonly ofSchema: (content: string) => string
}

/** What llm hashes of an attachment. */
export interface AttachmentPart {
  readonly type: 'attachment'
  readonly attachment: Pick<Attachment, 'id' | 'type'>
}

export type HashedPart = TextPart | AttachmentPart | ToolCallPart | ToolResultPart

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
    ofMessage(role, parts, parent) {
      const message = `{"parts":[${parts.map(partJson).join(',')}],"role":"${role}"}`
      return `b2:${blake2b128(`{"message":${message},"parent":${JSON.stringify(parent ?? null)}}`)}`
    },
  }
}

/** Canonical JSON: the names are sorted. */
function partJson(part: HashedPart): string {
  switch (part.type) {
    case 'attachment': {
      const { id, type } = part.attachment
      return `{"attachment":${JSON.stringify({ id, type })},"type":"attachment"}`
    }
    case 'tool_call':
      return canonicalJson(
        new Map<string, PythonJson>([
          ['type', part.type],
          ['name', part.name],
          ['arguments', part.arguments],
          ['tool_call_id', part.id],
        ]),
      )
    case 'tool_result': {
      const { type, name, output, id, exception } = part
      const members = { type, name, output, tool_call_id: id, exception }
      return canonicalJson(toPythonJson(members))
    }
    default:
      return `{"text":${JSON.stringify(part.text)},"type":"${part.type}"}`
  }
}
