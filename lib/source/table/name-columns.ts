import { type BatchError, runError } from '../../error/batch-error.js'

/**
 * Names of a table's columns from the cells of its header.
 *
 * A blank cell (spreadsheets often have such a column at the end) is named by its position from 1:
 * `column_4`.
 *
 * @throws {BatchError} COLUMN_DUPLICATE, reach `run`, with the first duplicate names.
 */
export function nameColumns(header: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  const repeated = new Set<string>()
  for (const name of header) {
    if (name !== '' && taken.has(name)) repeated.add(name)
    taken.add(name)
  }
  if (repeated.size > 0) throw duplicateColumns([...repeated])
  return header.map((name, at) => {
    if (name !== '') return name
    let made = `column_${at + 1}`
    while (taken.has(made)) made += '_'
    taken.add(made)
    return made
  })
}

const namesShown = 20

function duplicateColumns(names: readonly string[]): BatchError {
  const shown = names.slice(0, namesShown).join(', ')
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : ''
  return runError(
    'COLUMN_DUPLICATE',
    `The header has more than one column with the name: ${shown}${more}`,
    'Rename the others in the first line of the input.',
  )
}
