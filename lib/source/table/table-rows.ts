import type { SourceRecord } from '../../row/outcome.js'
import type { Columns } from '../../row/row.js'
import { badRecord } from '../record/bad-record.js'
import { nameColumns } from './name-columns.js'

/** One record of a table, as in the input. */
export interface FieldsRecord {
  readonly fields: readonly string[]
  /** Line on which the record starts, from 1. */
  readonly line: number
  /** What is wrong with the record; `fields` then has the fields before the fault. */
  readonly fault: string | undefined
}

export interface TableRows {
  readonly columns: () => readonly string[] | undefined
  /** The first record is the header and gives nothing. Each further record gives one. */
  readonly take: (record: FieldsRecord) => SourceRecord | undefined
}

/**
 * Makes rows of a table's records: cells are text, with the names of the header.
 *
 * A record with more or fewer cells than the header is a failed outcome, with the cells that have a
 * name.
 *
 * @throws {BatchError} of reach `run`, if the header cannot be used.
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
        // `__proto__` cannot be a column of a plain object. For all other names a plain object is
        // faster.
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
