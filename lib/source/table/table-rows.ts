import type { SourceRecord } from '../../row/outcome.js'
import type { Columns } from '../../row/row.js'
import { badRecord } from '../record/bad-record.js'
import { nameColumns } from './name-columns.js'

/** One record of a table, as it stands in the input. */
export interface FieldsRecord {
  readonly fields: readonly string[]
  /** Line on which it starts, from 1. */
  readonly line: number
  /** What is wrong with it; `fields` is then what came before. */
  readonly fault: string | undefined
}

export interface TableRows {
  readonly columns: () => readonly string[] | undefined
  /** The first record is the header and gives nothing; the others one each. */
  readonly take: (record: FieldsRecord) => SourceRecord | undefined
}

/**
 * Makes rows of the records of a table: cells are text, under the names of the header.
 *
 * A record with more or fewer cells than the header is a failed outcome with those that have a
 * name.
 *
 * @throws {BatchError} of reach `run`, when the header cannot be used.
 */
export function tableRows(): TableRows {
  let names: readonly string[] | undefined
  let makeColumns: () => Record<string, string> = () => ({})
  let index = 0

  return {
    columns: () => names,
    take(record) {
      if (names === undefined) {
        names = nameColumns(record.fields)
        // Assigning `__proto__` to a plain object is no column; elsewhere those without a prototype
        // are slower.
        if (names.includes('__proto__')) makeColumns = () => Object.create(null)
        return undefined
      }
      const place = index
      index += 1
      return toRow(record, place, names)
    },
  }

  function toRow(record: FieldsRecord, place: number, header: readonly string[]): SourceRecord {
    const { fields, line, fault } = record
    const columns: Columns = fillColumns(header, fields)
    if (fault === undefined && fields.length === header.length) {
      return { kind: 'row', index: place, columns, line }
    }
    const counts = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`
    return badRecord({
      index: place,
      place: `Line ${line}`,
      fault: fault ?? `${counts} where the header has ${header.length}`,
      line,
      columns,
    })
  }

  function fillColumns(header: readonly string[], fields: readonly string[]): Columns {
    const columns = makeColumns()
    const known = Math.min(header.length, fields.length)
    for (let at = 0; at < known; at += 1) {
      columns[header[at] as string] = fields[at] as string
    }
    return columns
  }
}
