import type { Prompt } from '../../row/prompt.js'

/** Bytes of answers in one result. */
const mostBytes = 16_000_000

/**
 * Looks up the first of these prompts, at least one, as long as their answers have only some
 * megabytes.
 */
export async function firstWithin<Found extends { readonly bytes: number }>(
  prompts: readonly Prompt[],
  find: (prompts: readonly Prompt[]) => Promise<Found>,
): Promise<{ readonly first: readonly Prompt[]; readonly found: Found }> {
  let first = prompts
  let found = await find(first)
  while (first.length > 1 && found.bytes > mostBytes) {
    first = first.slice(0, Math.ceil(first.length / 2))
    found = await find(first)
  }
  return { first, found }
}
