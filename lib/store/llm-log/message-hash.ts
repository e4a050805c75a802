/// <reference lib="es2024.string" />
import { createBLAKE2b } from 'hash-wasm'

/**
 * A float of Python's that JavaScript cannot tell from an integer: Python writes its 1.0 as `1.0`.
 */
export class PythonFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** Hashes of llm's message store; from `loadMessageHash`. */
export interface MessageHash {
  /** BLAKE2b with a digest of 16 bytes, in hex. */
  readonly blake2b128: (text: string) => string
  /**
   * Hash of a message whose parts are all plain text or reasoning; the same as `ofMessage`, faster.
   */
  readonly ofTexts: (role: string, parts: readonly TextPart[], parent: string | undefined) => string
  /** Hash of any message in wire form. */
  readonly ofMessage: (message: unknown, parent: string | undefined) => string
}

/**
 * A part that is text alone. Its text must be well-formed: Python cannot encode a lone surrogate.
 */
export interface TextPart {
  readonly type: 'text' | 'reasoning'
  readonly text: string
}

/**
 * Loads what computes llm's message hashes: `b2:` and BLAKE2b-128 of `{"message": …, "parent": …}`
 * in canonical JSON.
 *
 * In WebAssembly, since Node 20's own BLAKE2b gives no digest of 16 bytes (and a longer one cut off
 * is another hash), and one in JavaScript takes ten times as long.
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

/** Python's `repr`: an exponent below 1e-4 and from 1e16 on, of two digits at least. */
function pythonFloat(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  const text = Object.is(value, -0) ? '-0' : String(value)
  return Number.isInteger(value) ? `${text}.0` : text
}

/** UTF-8 sorts as code points do; UTF-16, and so `<`, does not. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
