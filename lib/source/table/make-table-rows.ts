import { type BatchError, runError } from '../../error/batch-error.js'
import type { SourceRecord } from '../../row/outcome.js'
import type { Columns } from '../../row/row.js'
import { isMovingName, keepKeys } from '../../row/written-form.js'
import { badRecord } from '../record/bad-record.js'
import type { MendedCounts } from '../text/mended-counts.js'

/** The fields of one record of a table, as in the input. */
export interface TableFields {
  readonly fields: readonly string[]
  /** Line on which the record starts, from 1. */
  readonly line: number
}

export interface MakeTableRowsOptions {
  /** Whether a second column with the same name gets a name of its own: `price_2`. */
  readonly renameDuplicates?: boolean | undefined
  /** Counts the rows that were made to fit the header. */
  readonly mended?: MendedCounts | undefined
}

export interface TableRows {
  readonly columns: () => readonly string[] | undefined
  /** The first record is the header and gives nothing. Each further record gives one. */
  readonly take: (record: TableFields) => SourceRecord | undefined
  /** The failed outcome of a record behind the header, with the cells that have a name. */
  readonly fail: (record: TableFields, why: string) => SourceRecord
}

const namesShown = 20

/**
 * Makes rows of a table's fields: cells are text, with the names of the header.
 *
 * Spreadsheets and exports leave out empty cells at the end of a row, or add some. So a row with
 * too few cells gets empty ones, and empty cells too many are dropped. A row with a text too many
 * is a failed outcome, with the cells that have a name: they may all be in the wrong columns.
 *
 * @throws {BatchError} COLUMN_DUPLICATE, reach `run`, for a header that names a column twice.
 */
export function makeTableRows({
  renameDuplicates = false,
  mended,
}: MakeTableRowsOptions = {}): TableRows {
  let names: readonly string[] | undefined
  let makeColumns: () => Record<string, string> = () => ({})
  let index = 0

  return {
    columns: () => names,
    take(record) {
      if (names !== undefined) return toRow(record, names)
      names = nameColumns(record.fields, renameDuplicates)
      makeColumns = columnsMaker(names)
      return undefined
    },
    fail({ fields, line }, why) {
      const header = names ?? []
      const columns = makeColumns()
      for (const [at, name] of header.entries()) columns[name] = fields[at] ?? ''
      index += 1
      return badRecord(index - 1, `Line ${line}`, why, line, columns)
    },
  }

  function toRow({ fields, line }: TableFields, header: readonly string[]): SourceRecord {
    const columns = makeColumns()
    const known = Math.min(header.length, fields.length)
    for (let at = 0; at < known; at += 1) columns[header[at] as string] = fields[at] as string
    const place = index
    index += 1
    if (fields.length !== header.length) {
      if (fields.slice(header.length).some(hasText)) {
        const why = `${fields.length} fields where the header has ${header.length}`
        return badRecord(place, `Line ${line}`, why, line, columns)
      }
      for (let at = known; at < header.length; at += 1) columns[header[at] as string] = ''
      if (mended !== undefined) mended[known < header.length ? 'filledRows' : 'cutRows'] += 1
    }
    return { kind: 'row', index: place, columns: columns as Columns, line }
  }
}

function columnsMaker(names: readonly string[]): () => Record<string, string> {
  // `__proto__` cannot be a column of a plain object. For all other names a plain object is faster.
  const make = names.includes('__proto__') ? () => Object.create(null) : () => ({})
  if (!names.some(isMovingName)) return make
  return () => {
    const columns = make()
    keepKeys(columns, names)
    return columns
  }
}

function hasText(field: string): boolean {
  return field.trim() !== ''
}

/**
 * A blank cell of the header (spreadsheets often have such a column at the end) is named by its
 * position from 1: `column_4`.
 */
function nameColumns(header: readonly string[], renameDuplicates: boolean): readonly string[] {
  const taken = new Set<string>()
  const repeated = new Set<string>()
  for (const name of header) {
    if (name !== '' && taken.has(name)) repeated.add(name)
    taken.add(name)
  }
  if (repeated.size > 0 && !renameDuplicates) throw duplicateColumns([...repeated])
  const named = new Map<string, number>()
  return header.map((name, at) => {
    const times = (named.get(name) ?? 0) + 1
    named.set(name, times)
    if (name !== '' && times === 1) return name
    let made = name === '' ? `column_${at + 1}` : `${name}_${times}`
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
    'Rename the others in the header, or add --rename-duplicates.',
  )
}
