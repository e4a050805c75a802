import { isUtf8 } from 'node:buffer'
import type { SchemaElement, SchemaTree } from 'hyparquet'
import type { ColumnValue } from '../../row/row.js'

/** What a primitive value of a column stands for. */
type Meaning =
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly digits: Digits; readonly isUtc: boolean }
  | { readonly kind: 'time'; readonly digits: Digits }
  | { readonly kind: 'date' }
  | { readonly kind: 'bytes' }

/** Decimal digits of a second: the unit of a time. */
type Digits = 3 | 6 | 9

export type Meanings = ReadonlyMap<SchemaElement, Meaning>

const secondsADay = 86_400n

/**
 * Takes the meanings that hyparquet would turn into doubles and `Date`s off a schema, so that it
 * gives the values as they are stored. `columnValue` gives them their meaning.
 */
export function takeMeanings(schema: SchemaTree): Meanings {
  const meanings = new Map<SchemaElement, Meaning>()
  const waiting = [schema]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { element, children } = node
    // A variant says itself what its values are.
    if (element.logical_type?.type === 'VARIANT') continue
    waiting.push(...children)
    const meaning = children.length > 0 ? undefined : meaningOf(element)
    if (meaning === undefined) continue
    meanings.set(element, meaning)
    delete element.converted_type
    delete element.logical_type
  }
  return meanings
}

function meaningOf(element: SchemaElement): Meaning | undefined {
  const { type, converted_type: converted, logical_type: logical, scale = 0 } = element
  if (logical?.type === 'TIMESTAMP') {
    return { kind: 'timestamp', digits: digitsOf(logical.unit), isUtc: logical.isAdjustedToUTC }
  }
  if (logical?.type === 'TIME') return { kind: 'time', digits: digitsOf(logical.unit) }
  switch (converted) {
    case 'DECIMAL':
      return { kind: 'decimal', scale }
    case 'DATE':
      return { kind: 'date' }
    case 'TIMESTAMP_MILLIS':
    case 'TIMESTAMP_MICROS':
      return { kind: 'timestamp', digits: converted === 'TIMESTAMP_MILLIS' ? 3 : 6, isUtc: true }
    case 'TIME_MILLIS':
    case 'TIME_MICROS':
      return { kind: 'time', digits: converted === 'TIME_MILLIS' ? 3 : 6 }
    case 'BSON':
    case 'INTERVAL':
      return { kind: 'bytes' }
    default:
      // Timestamps of old writers: nanoseconds, as `parquetParsers` leaves them.
      return type === 'INT96' ? { kind: 'timestamp', digits: 9, isUtc: false } : undefined
  }
}

function digitsOf(unit: string): Digits {
  return unit === 'MILLIS' ? 3 : unit === 'MICROS' ? 6 : 9
}

/**
 * A value of a column: texts, numbers and booleans as such; a decimal as the text of all its
 * digits; a date or a time as ISO 8601 with the digits that are stored, and `Z` if the column says
 * that it is UTC; bytes that are not UTF-8 as Base64; structs, lists and maps as JSON.
 */
export function columnValue(value: unknown, node: SchemaTree, meanings: Meanings): ColumnValue {
  if (value === null || value === undefined) return null
  const { element, children } = node
  const [first] = children
  if (first === undefined || element.logical_type?.type === 'VARIANT') {
    if (Array.isArray(value)) return value.map(each => columnValue(each, node, meanings))
    return leafValue(value, element, meanings.get(element))
  }
  if (Array.isArray(value)) {
    const isList = element.converted_type === 'LIST' || element.logical_type?.type === 'LIST'
    const inner = first.children.length === 1 ? first.children[0] : first
    return value.map(each => columnValue(each, isList && inner ? inner : node, meanings))
  }
  const isMap =
    element.converted_type === 'MAP' ||
    element.converted_type === 'MAP_KEY_VALUE' ||
    element.logical_type?.type === 'MAP'
  const valueNode = isMap ? first.children[1] : undefined
  const members = Object.entries(value).map(([name, member]) => {
    const child = valueNode ?? children.find(each => each.element.name === name)
    return [name, child === undefined ? plainValue(member) : columnValue(member, child, meanings)]
  })
  return Object.fromEntries(members)
}

function leafValue(
  value: unknown,
  { type }: SchemaElement,
  meaning: Meaning | undefined,
): ColumnValue {
  switch (meaning?.kind) {
    case 'decimal':
      return decimalText(integerOf(value), meaning.scale)
    case 'timestamp':
      return timestampText(integerOf(value), meaning.digits, meaning.isUtc)
    case 'time':
      return timeText(integerOf(value), meaning.digits)
    case 'date':
      return timestampText(integerOf(value) * secondsADay * 1000n, 3, false).slice(0, 10)
    case 'bytes':
      return base64(value as Uint8Array)
    default:
      return type === 'FLOAT' ? shortFloat(value as number) : plainValue(value)
  }
}

/** A value that says itself what it is. */
function plainValue(value: unknown): ColumnValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value
  }
  // JSON has no such numbers.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object') return value as string | boolean
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) {
    return isUtf8(value) ? Buffer.from(value).toString('utf8') : base64(value)
  }
  if (Array.isArray(value)) return value.map(plainValue)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainValue(each)]))
}

function base64(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
}

/** The shortest text that is the same 32-bit number: 0.1, and not 0.10000000149011612. */
function shortFloat(value: number): ColumnValue {
  for (let digits = 6; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return plainValue(value)
}

/** A stored integer; bytes are big-endian, in two's complement. */
function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint)
  const hex = Buffer.from(value).toString('hex')
  return hex === '' ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${hex}`))
}

/** 1230 with scale 2 is `12.30`. */
function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  if (scale <= 0) return sign + digits + '0'.repeat(-scale)
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** `count` units since 1970. A time that no calendar has is its number. */
function timestampText(count: bigint, digits: Digits, isUtc: boolean): string {
  const perSecond = 10n ** BigInt(digits)
  const fraction = ((count % perSecond) + perSecond) % perSecond
  const date = new Date(Number((count - fraction) / perSecond) * 1000)
  if (Number.isNaN(date.getTime())) return String(count)
  const seconds = date.toISOString().replace(/\.\d+Z$/, '')
  return `${seconds}${fractionText(fraction, digits)}${isUtc ? 'Z' : ''}`
}

function timeText(count: bigint, digits: Digits): string {
  return timestampText(count, digits, false).slice(11)
}

function fractionText(fraction: bigint, digits: Digits): string {
  return fraction === 0n ? '' : `.${String(fraction).padStart(digits, '0')}`
}
