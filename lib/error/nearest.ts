import { distance } from 'fastest-levenshtein'

/** Characters. A longer text is not taken for a misspelt name. */
const longestName = 200

/**
 * Finds the known words nearest to an unknown word, best first.
 *
 * Near means: within a third of the word's length in edits (at least 2), or one contains the other.
 *
 * Blank names are left out.
 *
 * @param count the most to give: one good suggestion is enough.
 */
export function nearest(word: string, known: Iterable<string>, count = 1): string[] {
  // Comparing two texts takes as long as the product of their lengths.
  if (word.length > longestName) return []
  const asked = word.toLowerCase()
  const reach = Math.max(2, Math.floor(asked.length / 3))
  return [...new Set(known)]
    .filter(name => name.length <= longestName && name.trim() !== '')
    .map(name => ({ name, edits: editsBetween(asked, name.toLowerCase()) }))
    .filter(({ edits }) => edits <= reach)
    .sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}

function editsBetween(asked: string, name: string): number {
  const edits = distance(asked, name)
  const isPart = asked.length > 2 && (name.includes(asked) || asked.includes(name))
  return isPart ? Math.min(edits, 2) : edits
}
