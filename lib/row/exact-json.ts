import { markChanges, reviveMarked, unusedMark } from './marked-json.js'
import type { Columns, ColumnValue } from './row.js'
import { hasWrittenForm, keysOf, numberText } from './written-form.js'

/**
 * Matches what JavaScript may write in another way: many digits, an exponent, a 0 at the end of a
 * fraction, a fraction that begins with many 0s, a key of digits, -0, and a digit that is escaped.
 *
 * Every case begins with a digit, so that a long text costs one comparison a character.
 */
const suspicious =
  /\d(?:[\d.]{15}|[eE][-+]?\d{1,15}(?:[\s,\]}]|$)|\.(?:\d{0,14}0[\s,\]}]|0{6})|"(?<="\d{1,10}")[\s:]|[\s,\]}](?<=-0.)|3(?<=\\u003)\d)/s

/**
 * `JSON.parse`, but integers beyond 2^53 come as bigint, so that ids such as 12345678901234567890
 * stay what they are. `stringifyJson` writes the numbers and keys of an object or a list as they
 * are in `text`: `1.10`, `{"b":1,"10":2}`.
 *
 * Of equal keys in an object the last wins, as with `JSON.parse`.
 *
 * @throws {SyntaxError} as `JSON.parse` does.
 * @throws {RangeError} for a number out of range, such as 1e999.
 */
export function parseJson(text: string): ColumnValue {
  const value = JSON.parse(text) as ColumnValue
  if (!suspicious.test(text)) return value
  const mark = unusedMark(text)
  const marked = markChanges(text, mark)
  return marked === text ? value : reviveMarked(JSON.parse(marked) as ColumnValue, mark)
}

/**
 * `JSON.stringify`, but bigints come as bare digits, and what `parseJson` read comes as it was
 * written. `indent` is a number of spaces.
 */
export function stringifyJson(value: ColumnValue, indent?: number): string {
  if (hasWrittenForm(value)) return stringifyExactly(value, indent ?? 0, '')
  try {
    return JSON.stringify(value, undefined, indent)
  } catch (error) {
    if (!hasBigInteger(value)) throw error
    return stringifyExactly(value, indent ?? 0, '')
  }
}

/** Whether a value holds a bigint, at any depth. */
export function hasBigInteger(value: ColumnValue): boolean {
  if (typeof value === 'bigint') return true
  return typeof value === 'object' && value !== null && Object.values(value).some(hasBigInteger)
}

function stringifyExactly(value: ColumnValue, indent: number, margin: string): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = margin + ' '.repeat(indent)
  const textOf = (key: string, part: ColumnValue): string =>
    numberText(value, key) ?? stringifyExactly(part, indent, inner)
  if (Array.isArray(value)) {
    const parts = value.map((part, at) => textOf(String(at), part as ColumnValue))
    return enclose('[', parts, ']', indent, margin)
  }
  const colon = indent > 0 ? ': ' : ':'
  const members = value as Columns
  const parts = keysOf(value)
    .filter(key => members[key] !== undefined)
    .map(key => JSON.stringify(key) + colon + textOf(key, members[key] as ColumnValue))
  return enclose('{', parts, '}', indent, margin)
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  indent: number,
  margin: string,
): string {
  if (parts.length === 0) return open + close
  if (indent === 0) return open + parts.join(',') + close
  const inner = `\n${margin}${' '.repeat(indent)}`
  return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`
}
