import { type BatchError, runError } from '../error/batch-error.js'

export interface SplitFragments {
  /** Aliases, hashes or paths, in their order in the template. */
  readonly fragments: readonly string[]
  /** The template without the fragments. */
  readonly text: string
}

const directive = /^\s*!fragment(?=\s|$)/
const word = /^[ \t]+(?:"([^"\r\n]*)"|'([^'\r\n]*)'|([^\s"'][^\s]*))(?:\r\n|\s|$)/

/**
 * Takes `!fragment NAME` off the start of a template.
 *
 * Several fragments may follow one another, on one line or on many. A name ends at white space,
 * unless the name is in quotes. One white-space character after the last name is dropped; the rest
 * is the template. Elsewhere `!fragment` is text.
 *
 * @throws {BatchError} TEMPLATE_INVALID if no name follows, or a quote is not closed.
 */
export function splitFragments(template: string): SplitFragments {
  const fragments: string[] = []
  let text = template
  for (;;) {
    const start = directive.exec(text)
    if (start === null) return { fragments, text }
    const rest = text.slice(start[0].length)
    const found = word.exec(rest)
    const name = found?.[1] ?? found?.[2] ?? found?.[3]
    if (found === null || name === undefined || name === '') throw fragmentUnnamed()
    fragments.push(name)
    text = rest.slice(found[0].length)
  }
}

function fragmentUnnamed(): BatchError {
  return runError(
    'TEMPLATE_INVALID',
    'The template starts with !fragment without a name',
    'Write !fragment NAME, or !fragment "a path with spaces.txt", then the template.',
  )
}
