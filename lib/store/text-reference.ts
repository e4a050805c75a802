/** A piece of a text: a text of its own, or a fragment by its number in the database. */
export type TextPiece = { readonly literal: string } | { readonly fragment: number }

/**
 * Takes the fragments out of a text, so that what a thousand prompts share is kept once: from the left, the
 * fragment that occurs first, the longest where two do (llm's rule, which its search index follows).
 *
 * @param fragmentIds number by content; an empty content is never looked for.
 * @returns the pieces in order, or undefined when no fragment is in the text.
 */
export function referToFragments(
  text: string,
  fragmentIds: ReadonlyMap<string, number>,
): readonly TextPiece[] | undefined {
  const pieces: TextPiece[] = []
  let position = 0
  for (;;) {
    const found = firstFragment(text, position, fragmentIds)
    if (found === undefined) break
    if (found.at > position) pieces.push({ literal: text.slice(position, found.at) })
    pieces.push({ fragment: found.id })
    position = found.at + found.length
  }
  if (pieces.length === 0) return undefined
  if (position < text.length) pieces.push({ literal: text.slice(position) })
  return pieces
}

/** The text without its fragments, which is what llm makes searchable. */
export function searchableText(text: string, pieces: readonly TextPiece[] | undefined): string {
  if (pieces === undefined) return text
  return pieces.map(piece => ('literal' in piece ? piece.literal : '')).join('')
}

function firstFragment(
  text: string,
  position: number,
  fragmentIds: ReadonlyMap<string, number>,
): { readonly at: number; readonly length: number; readonly id: number } | undefined {
  let first: { at: number; length: number; id: number } | undefined
  for (const [content, id] of fragmentIds) {
    const at = content === '' ? -1 : text.indexOf(content, position)
    if (at === -1) continue
    const isBefore = first === undefined || at < first.at
    const isLonger = first !== undefined && at === first.at && content.length > first.length
    if (isBefore || isLonger) first = { at, length: content.length, id }
  }
  return first
}
