import fc from 'fast-check'

/** The numbers that stand for halves of characters in UTF-16, and are not characters. */
const halves = { first: 0xd800, count: 0x800 }

/**
 * Any character, for `fc.string({ unit: anyCharacter })`. The strings are those of `unit: 'binary'`.
 * For that unit fast-check makes a table of all characters in each file of specs, which takes half a
 * second and 100 MB.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .nat({ max: 0x10ffff - halves.count })
  .map(characterAt, indexOf)

function characterAt(index: number): string {
  return String.fromCodePoint(index < halves.first ? index : index + halves.count)
}

/** With this, fast-check also puts in names such as `__proto__`, as it does for units of its own. */
function indexOf(character: unknown): number {
  const [first = '', ...others] = String(character)
  const number = first.codePointAt(0)
  if (number === undefined || others.length > 0 || !first.isWellFormed()) {
    throw new Error(`${JSON.stringify(character)} is not one character`)
  }
  return number < halves.first ? number : number - halves.count
}
