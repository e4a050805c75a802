import { type BatchError, runError } from '../error/batch-error.js'
import type { Columns } from '../row/row.js'
import { joinTexts, type Template, type TemplatePart } from './template.js'

const dollar = /\$(?:(\$)|([_a-zA-Z][_a-zA-Z0-9]*)|\{([_a-zA-Z][_a-zA-Z0-9]*)\})?/g

/**
 * Parses a template with `$name` and `${name}`, the notation of llm's saved templates.
 *
 * The rules are those of Python's `string.Template`: ASCII names, `$$` for a dollar sign.
 *
 * @param defaults values for names that a row lacks.
 * @throws {BatchError} TEMPLATE_INVALID, in Python's words, for any other `$`.
 * @see https://docs.python.org/3/library/string.html#template-strings-strings
 */
export function parseDollarTemplate(text: string, defaults: Columns = {}): Template {
  const parts: TemplatePart[] = []
  let end = 0
  for (const found of text.matchAll(dollar)) {
    parts.push({ kind: 'text', text: text.slice(end, found.index) })
    end = found.index + found[0].length
    const [source, escaped, bare, braced] = found
    const name = bare ?? braced
    if (escaped !== undefined) parts.push({ kind: 'text', text: '$' })
    else if (name === undefined) throw invalidPlaceholder(text, found.index)
    else parts.push({ kind: 'placeholder', name, source, isRequired: true, isPath: false })
  }
  parts.push({ kind: 'text', text: text.slice(end) })
  return { parts: joinTexts(parts), defaults }
}

/** Whether `$name` can name a column. Python's rule is narrower than our rule for braces. */
export function isDollarName(name: string): boolean {
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name)
}

function invalidPlaceholder(text: string, at: number): BatchError {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/)
  // Python counts code points, not UTF-16 units.
  const column = [...(lines.at(-1) ?? '')].length + 1
  return runError(
    'TEMPLATE_INVALID',
    `Invalid placeholder in string: line ${lines.length}, col ${column}`,
    'Write $$ for a dollar sign in a saved template.',
  )
}
