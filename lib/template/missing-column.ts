import { BatchError, type ErrorReach } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import { isDollarName } from './parse-dollar-template.js'
import { firstSegment, type TemplatePlaceholder } from './template.js'

const columnsShown = 20

/** A row lacks what the template asks for. */
export function missingColumn(asked: TemplatePlaceholder, known: readonly string[]): BatchError {
  return missing(
    `Template variable not found: ${asked.source}`,
    `The row has: ${listed(known)}.${suggestion(asked, known)}`,
    'row',
  )
}

/**
 * No row has what the template asks for.
 *
 * @param further names that are allowed too, though they are not columns.
 */
export function missingColumnInAll(
  asked: TemplatePlaceholder,
  known: readonly string[],
  further: readonly string[],
): BatchError {
  const asText = isDollar(asked) ? `$${asked.source}` : `{${asked.source}}`
  return missing(
    `Template variable not found: ${asked.source}. The columns are: ${listed(known)}.`,
    fieldless(asked, known) ||
      suggestion(asked, [...known, ...further]).trim() ||
      textOnly(known) ||
      `Name one of the columns, or write ${asText} for the text itself.`,
    'run',
  )
}

/** If the column exists and its path was refused, the column belongs to a table. */
function fieldless(asked: TemplatePlaceholder, known: readonly string[]): string {
  const column = firstSegment(asked)
  if (!asked.isPath || !known.includes(column)) return ''
  return `A cell of a table has no fields: ask for {${column}}, or give the rows as JSON.`
}

/** A table that was taken for a text has one column: standard input has no name to tell it by. */
function textOnly(known: readonly string[]): string {
  if (known.length !== 1 || known[0] !== 'prompt') return ''
  return 'A text has only {prompt}. If the input is a table, add --input-format csv.'
}

function missing(message: string, remedy: string, reach: ErrorReach): BatchError {
  return new BatchError(message, { code: 'COLUMN_MISSING', reach, remedy })
}

/** Uses the notation of the template. The notation of saved templates cannot name every column. */
function suggestion(asked: TemplatePlaceholder, known: readonly string[]): string {
  const near = isDollar(asked)
    ? nearest(asked.name, known.filter(isDollarName)).map(column => `$${column}`)
    : nearest(asked.name, known).map(column => `{${column}}`)
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
}

function isDollar({ source }: TemplatePlaceholder): boolean {
  return source.startsWith('$')
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return '(none)'
  const more = names.length - columnsShown
  const shown = names
    .slice(0, columnsShown)
    .map(name => name || '""')
    .join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}
