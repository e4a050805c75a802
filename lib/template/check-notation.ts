import { type BatchError, runError } from '../error/batch-error.js'

/** `{{name}}`, `${name}`, `$name` and `{name}`. Three braces are a literal brace and a name. */
const notations =
  /(?<!\{)\{\{([^{}]*)\}\}(?!\})|\$\{([^{}]*)\}|\$([\p{L}_][\p{L}\p{N}_]*)|\{([^{}]*)\}/gu

/** Characters without a width, which copies from web pages bring along. */
const invisible = /[\u200b-\u200d\ufeff]/g

/**
 * Refuses what looks like a column in the notation of a different program, or nearly has a column's
 * name. Every row would be asked with that text instead of its own value, and paid for.
 *
 * @param text a template with `{column}`.
 * @param names of columns and params.
 * @throws {BatchError} TEMPLATE_INVALID, reach run.
 */
export function checkNotation(text: string, names: readonly string[]): void {
  const byLooseName = new Map(names.map(name => [looseName(name), name]))
  for (const [source, double, dollarBraces, dollar, single] of text.matchAll(notations)) {
    if (single !== undefined && names.includes(single)) continue
    const inside = double ?? dollarBraces ?? dollar ?? single ?? ''
    const meant = names.includes(inside) ? inside : byLooseName.get(looseName(inside))
    if (meant !== undefined && meant.trim() !== '') throw notationUnknown(source, meant)
  }
}

/** A name without case, and with one blank for each run of blanks, `_` and `-`. */
function looseName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(invisible, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()
}

function notationUnknown(source: string, meant: string): BatchError {
  const isOdd = meant !== meant.trim() || /[^\S ]/.test(meant) || meant.search(invisible) >= 0
  const copy = isOdd ? ' Copy the name: it has unusual blanks.' : ''
  return runError(
    'TEMPLATE_INVALID',
    `${source} in the template does not stand for the column ${JSON.stringify(meant)}`,
    `Did you mean {${meant}}?${copy} For the text as it is, add --literal-braces.`,
  )
}
