import type { Prompt } from '../../row/prompt.js'

/** Of the answers that are given at once. */
const mostBytes = 16_000_000

/**
 * Looks up the first of these prompts, as many as have answers of some megabytes together; one at
 * least.
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
