import type { Fragment } from '../../row/prompt.js'

/** A piece of a text: plain text or, in an array, the hash of a fragment. */
export type TextPiece = string | readonly [hash: string]

/**
 * Takes the fragments out of a text, so that a shared fragment is kept once. From the left, the
 * first fragment counts; of two at the same place, the longest (llm's rule, which its search index
 * uses).
 *
 * @param fragments empty fragments are ignored.
 * @returns the pieces in order, or undefined if the text has no fragment.
 */
export function referToFragments(
  text: string,
  fragments: readonly Fragment[],
): readonly TextPiece[] | undefined {
  const pieces: TextPiece[] = []
  let position = 0
  for (;;) {
    const found = firstFragment(text, position, fragments)
    if (found === undefined) break
    if (found.at > position) pieces.push(text.slice(position, found.at))
    pieces.push([found.hash])
    position = found.at + found.length
  }
  if (pieces.length === 0) return undefined
  if (position < text.length) pieces.push(text.slice(position))
  return pieces
}

/** The text without its fragments: what llm's search finds. */
export function searchableText(pieces: readonly TextPiece[]): string {
  return pieces.filter(piece => typeof piece === 'string').join('')
}

function firstFragment(
  text: string,
  position: number,
  fragments: readonly Fragment[],
): { readonly at: number; readonly length: number; readonly hash: string } | undefined {
  let first: { at: number; length: number; hash: string } | undefined
  for (const { content, hash } of fragments) {
    const at = content === '' ? -1 : text.indexOf(content, position)
    if (at === -1) continue
    const isBefore = first === undefined || at < first.at
    const isLonger = first !== undefined && at === first.at && content.length > first.length
    if (isBefore || isLonger) first = { at, length: content.length, hash }
  }
  return first
}
