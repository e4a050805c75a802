/// <reference lib="es2024.string" />
import { createBLAKE2b } from 'hash-wasm'

/** A Python float without a fraction, which Python writes as `1.0`. */
export class PythonFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** The hashes of llm's message store, from `loadMessageHash`. */
export interface MessageHash {
  /** BLAKE2b with a digest of 16 bytes, in hex. */
  readonly blake2b128: (text: string) => string
  /** Hash of a message with text and reasoning only; equal to `ofMessage`, and faster. */
  readonly ofTexts: (role: string, parts: readonly TextPart[], parent: string | undefined) => string
  /** Hash of any message in wire form. */
  readonly ofMessage: (message: unknown, parent: string | undefined) => string
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
    blake2b128,
    ofTexts(role, parts, parent) {
      const texts = parts.map(part => `{"text":${JSON.stringify(part.text)},"type":"${part.type}"}`)
      const message = `{"parts":[${texts.join(',')}],"role":"${role}"}`
      return `b2:${blake2b128(`{"message":${message},"parent":${JSON.stringify(parent ?? null)}}`)}`
    },
    ofMessage: (message, parent) =>
      `b2:${blake2b128(canonicalJson({ message, parent: parent ?? null }))}`,
  }
}

/**
 * JSON as Python's `json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(',', ':'))`
 * writes it.
 *
 * @param value JSON values, bigints for integers beyond 2^53, `PythonFloat` for floats without a
 * fraction.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof PythonFloat) return pythonFloat(value.value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => compareCodePoints(a, b))
  return `{${members.map(([name, member]) => `${canonicalJson(name)}:${canonicalJson(member)}`).join(',')}}`
}

function pythonNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? String(value) : pythonFloat(value)
}

/** Python's `repr`: an exponent of at least two digits below 1e-4 and from 1e16 on. */
function pythonFloat(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  const text = Object.is(value, -0) ? '-0' : String(value)
  return Number.isInteger(value) ? `${text}.0` : text
}

/** Compares by code points, as Python does. `<` compares UTF-16 units. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
