import type { Columns, ColumnValue } from '../row/row.js'
import { numberText } from '../row/written-form.js'

/**
 * The value of the column with exactly that name, else at the path that the dots in the name
 * describe; undefined if there is neither.
 */
export function columnValue(
  columns: Columns,
  name: string,
  isPath = true,
): ColumnValue | undefined {
  const value = ownValue(columns, name)
  return value === undefined && isPath ? along(name, columns) : value
}

/** The text of the number that `columnValue` finds, if JavaScript would write another one. */
export function columnNumberText(
  columns: Columns,
  name: string,
  isPath = true,
): string | undefined {
  if (ownValue(columns, name) !== undefined || !isPath) return numberText(columns, name)
  const segments = name.split('.')
  const holder = through(segments.slice(0, -1), columns)
  const isHolder = typeof holder === 'object' && holder !== null
  return isHolder ? numberText(holder, segments.at(-1) ?? '') : undefined
}

function along(path: string, columns: Columns): ColumnValue | undefined {
  return through(path.split('.'), columns)
}

function through(segments: readonly string[], columns: Columns): ColumnValue | undefined {
  let value: ColumnValue | undefined = columns
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null) return undefined
    value = ownValue(value, segment)
  }
  return value
}

/** Own keys only, so that `{constructor}` and the `length` of an array are not found. */
export function ownValue(
  holder: Columns | readonly ColumnValue[],
  key: string,
): ColumnValue | undefined {
  if (Array.isArray(holder)) return /^(?:0|[1-9]\d*)$/.test(key) ? holder[Number(key)] : undefined
  return Object.hasOwn(holder, key) ? (holder as Columns)[key] : undefined
}
