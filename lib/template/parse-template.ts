import { joinTexts, type Template, type TemplatePart } from './template.js'

/**
 * Words of letters, digits, `_` and `-`, joined by dots, with at least one letter or `_`: `{3}` is
 * not a name.
 */
const name = /^(?=.*[\p{L}_])[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*$/u

/** A pair of braces without a brace inside. */
const enclosed = /\{([^{}]*)\}/y

/**
 * Parses a template with `{column}`. Every text is a valid template.
 *
 * - `{name}` and `{nested.field}` must exist in the row.
 * - `{Review Text}`, and any other text in braces, is a placeholder if a column has exactly that
 *   name. Else it is text.
 * - `{{` is `{` and `}}` is `}`.
 * - Any other brace is text, so JSON needs no escaping. Nested JSON can end in `}}`: after a single
 *   `{` that is text, `}` closes that brace and is not half of an escape.
 *
 * @example
 *     console.log(placeholderNames(parseTemplate('Classify: {review}')))
 */
export function parseTemplate(text: string): Template {
  const parts: TemplatePart[] = []
  const open: ('{' | '{{')[] = []
  let at = 0
  while (at < text.length) {
    const next = nextBrace(text, at)
    parts.push({ kind: 'text', text: text.slice(at, next) })
    at = next
    if (text.startsWith('{{', at)) {
      parts.push({ kind: 'text', text: '{' })
      open.push('{{')
      at += 2
    } else if (text[at] === '{') {
      const placeholder = placeholderAt(text, at)
      parts.push(placeholder ?? { kind: 'text', text: '{' })
      if (placeholder === undefined) open.push('{')
      at += placeholder === undefined ? 1 : placeholder.source.length
    } else if (text[at] === '}') {
      const isEscape = open.pop() !== '{' && text[at + 1] === '}'
      parts.push({ kind: 'text', text: '}' })
      at += isEscape ? 2 : 1
    }
  }
  return { parts: joinTexts(parts), defaults: {} }
}

function nextBrace(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{' || text[at] === '}') return at
  }
  return text.length
}

function placeholderAt(text: string, at: number) {
  enclosed.lastIndex = at
  const found = enclosed.exec(text)
  const inside = found?.[1]
  if (found === null || inside === undefined || inside.trim() === '') return undefined
  const isName = name.test(inside)
  return {
    kind: 'placeholder' as const,
    name: inside,
    source: found[0],
    isRequired: isName,
    isPath: isName,
  }
}
