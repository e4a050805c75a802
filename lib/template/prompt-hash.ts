import { createHash } from 'node:crypto'
import type { ModelOptions } from '../row/prompt.js'

/** All that an answer depends on. */
export interface PromptHashInput {
  readonly model: string
  readonly system?: string | undefined
  /** The text as the model gets it, fragments included. */
  readonly text: string
  readonly options: ModelOptions
}

/**
 * SHA-256, in hex, of all that an answer depends on, written as JSON with sorted keys.
 *
 * Recorded answers are found by it, in databases of years ago too: it must never change.
 * Whatever is added to a prompt later is a new key, left out where it is absent.
 */
export function promptHash({ model, system, text, options }: PromptHashInput): string {
  return createHash('sha256').update(canonicalJson({ model, options, system, text })).digest('hex')
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
