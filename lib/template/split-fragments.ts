import { type BatchError, runError } from '../error/batch-error.js'

export interface SplitFragments {
  /** Aliases, hashes or paths, in their order in the template. */
  readonly fragments: readonly string[]
  /** The template without the fragments. */
  readonly text: string
}

const directive = /^\s*!fragment(?=\s|$)/
const word = /^[ \t]+(?:"([^"\r\n]*)"(,?)|'([^'\r\n]*)'(,?)|([^\s"'][^\s]*))(?:\r\n|\s|$)/

/**
 * Takes `!fragment NAME` off the start of a template.
 *
 * Several names may stand between commas, and several `!fragment` may follow one another, on one
 * line or on many. A name ends at white space, unless the name is in quotes. One white-space
 * character after the last name is dropped; the rest is the template. Elsewhere `!fragment` is
 * text.
 *
 * @throws {BatchError} TEMPLATE_INVALID if no name follows, or a quote is not closed.
 */
export function splitFragments(template: string): SplitFragments {
  const fragments: string[] = []
  let text = template
  for (;;) {
    const start = directive.exec(text)
    if (start === null) return { fragments, text }
    text = text.slice(start[0].length)
    let isListed = true
    while (isListed) {
      const found = wordAt(text)
      fragments.push(found.name)
      isListed = found.isFollowed
      // The white space after a comma belongs to the next name.
      text = text.slice(isListed ? found.length - 1 : found.length)
    }
  }
}

/** A name, the characters up to the white space after it, and whether another name follows. */
function wordAt(text: string) {
  const found = word.exec(text)
  if (found === null) throw fragmentUnnamed()
  const [whole, double, comma, single, otherComma, bare] = found
  const isFollowed = (comma || otherComma || bare?.endsWith(',')) && whole.endsWith(' ')
  const name = double ?? single ?? (isFollowed ? bare?.slice(0, -1) : bare)
  if (name === undefined || name === '') throw fragmentUnnamed()
  return { name, isFollowed: Boolean(isFollowed), length: whole.length }
}

function fragmentUnnamed(): BatchError {
  return runError(
    'TEMPLATE_INVALID',
    'The template starts with !fragment without a name',
    'Write !fragment NAME, or !fragment NAME, "a path with spaces.txt", then the template.',
  )
}
