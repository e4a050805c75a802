import { hash } from 'node:crypto'
import type { ModelOptions } from '../row/prompt.js'

/** What prompts of one run have in common. */
export interface PromptHashOptions {
  readonly model: string
  readonly options: ModelOptions
}

/** SHA-256, in hex, of all that an answer depends on; `text` is what the model gets, fragments included. */
export type PromptHash = (text: string, system: string | undefined) => string

/**
 * Hashes all that an answer depends on, written as JSON with sorted keys; what is constant is written once.
 *
 * Recorded answers are found by it, in databases of years ago too: it must never change.
 * Whatever is added to a prompt later is a new key, left out where it is absent.
 */
export function promptHash({ model, options }: PromptHashOptions): PromptHash {
  const constant = canonicalJson({ model, options }).slice(0, -1)
  return (text, system) => {
    const asked = `"text":${JSON.stringify(text)}}`
    const said = system === undefined ? '' : `"system":${JSON.stringify(system)},`
    return hash('sha256', `${constant},${said}${asked}`)
  }
}

/** JSON without white space, the same for equal values whatever the order of their keys; absent values left out. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? sorted(inner) : inner,
  )
}

function sorted(value: object): Record<string, unknown> {
  const keys = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(keys)
}
