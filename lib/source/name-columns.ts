import { BatchError } from '../error/batch-error.js'

/**
 * Names of a table's columns from the cells of its header.
 *
 * A cell without a name (spreadsheets often have such a column at the end) gets `column_4`, after its place from 1.
 *
 * @throws {BatchError} COLUMN_DUPLICATE, reach `run`, naming every name that occurs twice.
 */
export function nameColumns(header: readonly string[]): readonly string[] {
  const repeated = [
    ...new Set(header.filter((name, at) => name !== '' && header.indexOf(name) !== at)),
  ]
  if (repeated.length > 0) throw duplicateColumns(repeated)
  const taken = new Set(header)
  return header.map((name, at) => {
    if (name !== '') return name
    let made = `column_${at + 1}`
    while (taken.has(made)) made += '_'
    taken.add(made)
    return made
  })
}

function duplicateColumns(names: readonly string[]): BatchError {
  return new BatchError(`The header has more than one column of the name: ${names.join(', ')}`, {
    code: 'COLUMN_DUPLICATE',
    reach: 'run',
    remedy: 'Rename all but one of them in the first line of the input.',
  })
}
