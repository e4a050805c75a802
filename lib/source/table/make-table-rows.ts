import { type BatchError, runError } from '../../error/batch-error.js'
import type { SourceRecord } from '../../row/outcome.js'
import type { Columns } from '../../row/row.js'
import { badRecord } from '../record/bad-record.js'

/** The fields of one record of a table, as in the input. */
export interface TableFields {
  readonly fields: readonly string[]
  /** Line on which the record starts, from 1. */
  readonly line: number
  /** What is wrong with the record; `fields` then has the fields before the fault. */
  readonly fault: string | undefined
}

export interface TableRows {
  readonly columns: () => readonly string[] | undefined
  /** The first record is the header and gives nothing. Each further record gives one. */
  readonly take: (record: TableFields) => SourceRecord | undefined
}

const namesShown = 20

/**
 * Makes rows of a table's fields: cells are text, with the names of the header.
 *
 * A record with more or fewer cells than the header is a failed outcome, with the cells that have a
 * name.
 *
 * @throws {BatchError} COLUMN_DUPLICATE, reach `run`, for a header that names a column twice.
 */
export function makeTableRows(): TableRows {
  let names: readonly string[] | undefined
  let makeColumns: () => Record<string, string> = () => ({})
  let index = 0

  return {
    columns: () => names,
    take(record) {
      if (names !== undefined) return toRow(record, names)
      names = nameColumns(record.fields)
      // `__proto__` cannot be a column of a plain object. For all other names a plain object is
      // faster.
      if (names.includes('__proto__')) makeColumns = () => Object.create(null)
      return undefined
    },
  }

  function toRow({ fields, line, fault }: TableFields, header: readonly string[]): SourceRecord {
    const columns = makeColumns()
    const known = Math.min(header.length, fields.length)
    for (let at = 0; at < known; at += 1) columns[header[at] as string] = fields[at] as string
    const place = index
    index += 1
    if (fault === undefined && fields.length === header.length) {
      return { kind: 'row', index: place, columns: columns as Columns, line }
    }
    const counts = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`
    const why = fault ?? `${counts} where the header has ${header.length}`
    return badRecord(place, `Line ${line}`, why, line, columns)
  }
}

/**
 * A blank cell of the header (spreadsheets often have such a column at the end) is named by its
 * position from 1: `column_4`.
 */
function nameColumns(header: readonly string[]): readonly string[] {
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

function duplicateColumns(names: readonly string[]): BatchError {
  const shown = names.slice(0, namesShown).join(', ')
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : ''
  return runError(
    'COLUMN_DUPLICATE',
    `The header has more than one column with the name: ${shown}${more}`,
    'Rename the others in the first line of the input.',
  )
}
