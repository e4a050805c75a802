import { parse } from 'csv-parse/sync'
import type { TableFields } from './make-table-rows.js'

export interface HeldRecords {
  /** @param text of the record, if csv-parse has to read its fields. */
  readonly add: (record: TableFields, text: string | undefined) => void
  /** Gives the records since the last call, in order. */
  readonly giveAll: () => void
}

/**
 * Holds the complete records of a piece, so that csv-parse reads those with quotes inside quotes at
 * once.
 *
 * csv-parse takes 20 ns a character; its stream holds back the last three bytes, and counts a CRLF
 * inside quotes as two lines (7.0.3).
 */
export function holdCsvRecords(
  delimiter: string,
  give: (record: TableFields) => void,
): HeldRecords {
  let records: TableFields[] = []
  let texts = new Map<TableFields, string>()
  const options = {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
  }

  return {
    add(record, text) {
      records.push(record)
      if (text !== undefined) texts.set(record, text)
    },
    giveAll() {
      const held = records
      const intricate = texts
      records = []
      if (intricate.size === 0) {
        for (const record of held) give(record)
        return
      }
      texts = new Map()
      const parsed = parse([...intricate.values()].join('\n'), options)
      const fields = new Map([...intricate.keys()].map((record, at) => [record, parsed[at] ?? []]))
      for (const record of held) give({ ...record, fields: fields.get(record) ?? record.fields })
    },
  }
}
