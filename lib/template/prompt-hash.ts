import { hash } from 'node:crypto'
import type { JsonSchema, ModelOptions } from '../row/prompt.js'

/** What is the same for all prompts of a run. */
export interface PromptHashOptions {
  readonly model: string
  readonly options: ModelOptions
  readonly schema?: JsonSchema | undefined
}

/**
 * Returns the SHA-256, in hex, of all that an answer depends on. `text` is what the model gets,
 * fragments included.
 */
export type PromptHash = (text: string, system: string | undefined) => string

/**
 * Hashes all that an answer depends on, as JSON with sorted keys. The constant part is written
 * once.
 *
 * Recorded answers are found by this hash, in old databases too, so the hash must never change. A
 * later addition to prompts becomes a new key, which is left out if absent.
 */
export function promptHash({ model, options, schema }: PromptHashOptions): PromptHash {
  const constant = canonicalJson({ model, options, schema }).slice(0, -1)
  return (text, system) => {
    const asked = `"text":${JSON.stringify(text)}}`
    const said = system === undefined ? '' : `"system":${JSON.stringify(system)},`
    return hash('sha256', `${constant},${said}${asked}`)
  }
}

/**
 * JSON without white space and with sorted keys, so equal values give equal texts. Absent values
 * are left out.
 */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? sorted(inner) : inner,
  )
}

function sorted(value: object): Record<string, unknown> {
  const keys = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(keys)
}
