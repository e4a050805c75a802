import type { Usage } from '../row/answer.js'
import type { ModelOptions } from '../row/prompt.js'
import { wellFormedJson } from './well-formed-json.js'

/** Options as llm keeps them; undefined for none, which its two generations write differently. */
export function optionsJson(options: ModelOptions): string | undefined {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null)
  return given.length === 0 ? undefined : wellFormedJson(Object.fromEntries(given))
}

/** A provider's further counts of tokens, or null for none. */
export function tokenDetailsJson({ details }: Usage): string | null {
  if (details === undefined || Object.keys(details).length === 0) return null
  return wellFormedJson(details)
}
