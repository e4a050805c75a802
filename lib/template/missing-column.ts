import { BatchError, type ErrorReach } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'

const columnsShown = 20

/** A row lacks what the template asks for. */
export function missingColumn(name: string, known: readonly string[]): BatchError {
  return missing(
    `Template variable not found: {${name}}`,
    `The row has: ${listed(known)}.${suggestion(name, known)}`,
    'row',
  )
}

/** No row has what the template asks for. */
export function missingColumnInAll(name: string, known: readonly string[]): BatchError {
  return missing(
    `Template variable not found: {${name}}. The columns are: ${listed(known)}.`,
    suggestion(name, known).trim() ||
      `Name one of the columns, or write {{${name}}} for the text itself.`,
    'run',
  )
}

function missing(message: string, remedy: string, reach: ErrorReach): BatchError {
  return new BatchError(message, { code: 'COLUMN_MISSING', reach, remedy })
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known).map(column => `{${column}}`)
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return '(none)'
  const more = names.length - columnsShown
  const shown = names.slice(0, columnsShown).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}
