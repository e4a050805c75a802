/**
 * Whether a found version does what the wanted one does, as npm's caret has it: not older, and with
 * the same first number that is not 0. A
 * version with a tag, such as `1.0.0-beta`, fits only itself.
 *
 * @example
 * fitsVersion('1.33.0', '1.32.2') // true
 * fitsVersion('0.18.0', '0.17.0') // false
 */
export function fitsVersion(found: string, wanted: string): boolean {
  if (found === wanted) return true
  if (found.includes('-')) return false
  const [theirs, ours] = [numbersOf(found), numbersOf(wanted)]
  const first = ours.findIndex(number => number !== 0)
  const changed = ours.findIndex((number, at) => number !== theirs[at])
  // A number that is none makes the comparison false.
  return changed > first && first !== -1 && Number(theirs[changed]) > Number(ours[changed])
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number)
}
