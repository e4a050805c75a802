/** How PyYAML may write a text. */
export interface ScalarForm {
  readonly style: 'plain' | 'single' | 'double'
  /** Whether it may stand line by line after `|`. */
  readonly mayBeLiteral: boolean
}

const lineBreaks = '\n\x85\u2028\u2029'
const blanks = `\0 \t\r${lineBreaks}`

/** Texts that YAML 1.1 reads as something else than a text, by PyYAML's resolvers. */
const readOtherwise: readonly RegExp[] = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?$/,
  /^\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/,
  /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^[-+]?0b[0-1_]+$/,
  /^[-+]?0[0-7_]+$/,
  /^[-+]?(?:0|[1-9][0-9_]*)$/,
  /^[-+]?0x[0-9a-fA-F_]+$/,
  /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/,
  /^(?:<<|=|~|null|Null|NULL|)$/,
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?$/,
]

/**
 * The form in which PyYAML writes a text outside of `[…]` and `{…}`, by its rules in
 * `analyze_scalar` and `choose_scalar_style`.
 *
 * @see https://github.com/yaml/pyyaml lib/yaml/emitter.py, lib/yaml/resolver.py
 * @param characters the code points of the text.
 */
export function scalarForm(characters: readonly string[], isKey: boolean): ScalarForm {
  const text = characters.join('')
  const found = lookAt(characters)
  const { hasLineBreaks } = found
  const mayBeLiteral = !found.hasSpaceThenBreak && !found.hasSpecial && characters.at(-1) !== ' '
  const needsDouble = found.hasBreakThenSpace || found.hasSpaceThenBreak || found.hasSpecial
  const hasBlankEnd = isBlankEnd(characters[0]) || isBlankEnd(characters.at(-1))
  const mayBePlain =
    !needsDouble &&
    !hasLineBreaks &&
    !hasBlankEnd &&
    !hasIndicator(text, characters) &&
    !readOtherwise.some(pattern => pattern.test(text))
  if (mayBePlain) return { style: 'plain', mayBeLiteral }
  const isSingle = !needsDouble && !(isKey && hasLineBreaks)
  return { style: isSingle ? 'single' : 'double', mayBeLiteral }
}

function lookAt(characters: readonly string[]) {
  let hasLineBreaks = false
  let hasSpecial = false
  let hasBreakThenSpace = false
  let hasSpaceThenBreak = false
  for (const [index, character] of characters.entries()) {
    const before = characters[index - 1]
    const isBreak = lineBreaks.includes(character)
    if (isBreak) hasLineBreaks = true
    if (character !== '\n' && !(character >= ' ' && character <= '~')) hasSpecial = true
    if (character === ' ' && isLineBreak(before)) hasBreakThenSpace = true
    if (isBreak && before === ' ') hasSpaceThenBreak = true
  }
  return { hasLineBreaks, hasSpecial, hasBreakThenSpace, hasSpaceThenBreak }
}

export function isLineBreak(character: string | undefined): boolean {
  return character !== undefined && lineBreaks.includes(character)
}

function isBlankEnd(character: string | undefined): boolean {
  return character === ' ' || isLineBreak(character)
}

/** Whether a character would mean something in YAML where the text has this character. */
function hasIndicator(text: string, characters: readonly string[]): boolean {
  if (text.startsWith('---') || text.startsWith('...')) return true
  const first = characters[0] ?? ''
  if ('#,[]{}&*!|>\'"%@`'.includes(first)) return true
  const isBlankAfter = (index: number) =>
    index + 1 >= characters.length || blanks.includes(characters[index + 1] ?? '')
  if ('?-'.includes(first) && isBlankAfter(0)) return true
  return characters.some((character, index) => {
    if (character === ':') return isBlankAfter(index)
    return character === '#' && blanks.includes(characters[index - 1] ?? 'x')
  })
}
