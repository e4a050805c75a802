import { stringify } from 'ndjson'
import { hasBigInteger } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import { hasWrittenForm } from '../../row/written-form.js'
import type { OutputDocument } from './output-document.js'
import { type FieldsOf, jsonObject, type RowFields } from './write-json.js'

/** Matches a name that an object moves to its start, such as `2024`. */
const movingName = /^\d+$/

/**
 * JSON Lines: one object a line, LF after each, values with the types they had.
 *
 * ndjson's stream gives a line before `_transform` returns, so one stream is enough. What ndjson
 * 2.0.0 would change is written by our own code: ndjson fails at a bigint, writes 1.10 as 1.1, and
 * an object puts numeric names first.
 */
export function writeJsonl<Written>(fieldsOf: FieldsOf<Written>): OutputDocument<Written> {
  const stream = stringify()
  return {
    textOf: row => fieldsOf(row).map(line).join(''),
    opening: '',
    separator: '',
    closing: '',
    empty: '',
  }

  function line(fields: RowFields): string {
    if (fields.some(isChangedByNdjson)) return `${jsonObject(fields)}\n`
    let text = ''
    stream._transform(
      Object.fromEntries(fields as readonly (readonly [string, ColumnValue])[]),
      'utf8',
      (_error, written: string) => {
        text = written
      },
    )
    // ndjson ends lines as the platform does: on Windows with CRLF.
    return `${text.trimEnd()}\n`
  }
}

function isChangedByNdjson([name, value, written]: RowFields[number]): boolean {
  if (written !== undefined || movingName.test(name)) return true
  return hasWrittenForm(value) || hasBigInteger(value)
}
