import type { ColumnValue } from './row.js'

/** Digits. A longer integer is refused. Python's limit is 4,300; ids are far shorter. */
const mostDigits = 1000

/**
 * Matches what `JSON.parse` may change: 16 digits in a row, or an exponent outside of the range of
 * a double.
 */
const suspicious = /\d{16}|\d[eE]\+?\d{3,}(?:[\s,\]}]|$)/
const numberText = /-?[\d.eE+-]+/y
const quote = 34
const backslash = 92
const minus = 45
const zero = 48
const nine = 57

/**
 * `JSON.parse`, but integers beyond 2^53 come as bigint, so that ids such as 12345678901234567890
 * stay what they are.
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
  const marked = markBigIntegers(text, mark)
  return marked === text ? value : reviveBigIntegers(JSON.parse(marked) as ColumnValue, mark)
}

/**
 * The value of a JSON number: a bigint for an integer that a double cannot hold exactly.
 *
 * @throws {RangeError} for a number beyond the range of a double, or an integer of over 1,000
 * digits.
 */
export function exactNumber(text: string): number | bigint {
  const value = Number(text)
  if (Number.isSafeInteger(value) || (text.length < 16 && Number.isFinite(value))) return value
  if (/^-?\d+$/.test(text)) {
    if (text.length > mostDigits) throw numberOutOfRange(`one of ${text.length} digits`)
    return BigInt(text)
  }
  if (!Number.isFinite(value)) throw numberOutOfRange(text.slice(0, 24))
  return value
}

/** `JSON.stringify`, but bigints come as bare digits. `indent` is a number of spaces. */
export function stringifyJson(value: ColumnValue, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent)
  } catch (error) {
    if (!hasBigInteger(value)) throw error
    return stringifyExactly(value, indent ?? 0, '')
  }
}

function numberOutOfRange(found: string): RangeError {
  return new RangeError(`a number is out of range: ${found}`)
}

/** A mark with which no string in `text` starts, so that a string with this mark is ours. */
function unusedMark(text: string): string {
  let mark = '#'
  while (text.includes(`"${mark}`)) mark += '#'
  return mark
}

/** Takes valid JSON and puts each big integer into a string that starts with `mark`. */
function markBigIntegers(text: string, mark: string): string {
  let marked = ''
  let copied = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      at = endOfString(text, at)
    } else if (code === minus || (code >= zero && code <= nine)) {
      numberText.lastIndex = at
      const found = numberText.exec(text)?.[0] ?? ''
      if (typeof exactNumber(found) === 'bigint') {
        marked += `${text.slice(copied, at)}"${mark}${found}"`
        copied = at + found.length
      }
      at += found.length - 1
    }
  }
  return copied === 0 ? text : marked + text.slice(copied)
}

/**
 * The position of the quote that closes the string at `at`. A quote after an odd number of
 * backslashes is escaped.
 */
function endOfString(text: string, at: number): number {
  let end = at
  for (;;) {
    end = text.indexOf('"', end + 1)
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
  }
}

/** A loop, not a recursion: a deeply nested value must not overflow the stack. */
function reviveBigIntegers(root: ColumnValue, mark: string): ColumnValue {
  const holder = { root }
  const waiting: Record<string, ColumnValue>[] = [holder]
  for (let container = waiting.pop(); container !== undefined; container = waiting.pop()) {
    for (const key of Object.keys(container)) {
      const value = container[key]
      if (typeof value === 'string' && value.startsWith(mark)) {
        container[key] = BigInt(value.slice(mark.length))
      } else if (typeof value === 'object' && value !== null) {
        waiting.push(value as Record<string, ColumnValue>)
      }
    }
  }
  return holder.root
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
  if (Array.isArray(value)) {
    const parts = value.map(part => stringifyExactly(part as ColumnValue, indent, inner))
    return enclose('[', parts, ']', indent, margin)
  }
  const colon = indent > 0 ? ': ' : ':'
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => JSON.stringify(name) + colon + stringifyExactly(part, indent, inner))
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
