import type { ColumnValue } from './row.js'

/** An object or a list of JSON. */
export type JsonHolder = Readonly<Record<string, ColumnValue>> | readonly ColumnValue[]

/** How JSON wrote what JavaScript would write in another way. */
interface JsonForm {
  /** The texts of numbers, such as `1.10`, by key. */
  readonly numbers: Map<string, string>
  /** All keys in their order. Absent if the object has this order. */
  keys: readonly string[] | undefined
}

/**
 * The form is beside the values and out of sight: values are plain numbers and plain objects for
 * everybody who computes with them. Every holder around one with a form has a form too, so that one
 * look at the outermost holder tells whether there is any.
 */
const writtenForm = Symbol('written form')

interface Formed {
  readonly [writtenForm]?: JsonForm
}

/** Whether this value, or a value in it, was written as JavaScript would not write it. */
export function hasWrittenForm(value: unknown): boolean {
  return formOf(value) !== undefined
}

/** The keys of an object as they were written: JavaScript puts keys such as `10` first. */
export function keysOf(object: JsonHolder): readonly string[] {
  const keys = formOf(object)?.keys
  if (keys === undefined) return Object.keys(object)
  const known = new Set(keys)
  const present = keys.filter(key => Object.hasOwn(object, key))
  return [...present, ...Object.keys(object).filter(key => !known.has(key))]
}

/** The text of a number, if JavaScript would write another one, and the number has not changed. */
export function numberText(holder: JsonHolder, key: string): string | undefined {
  const text = formOf(holder)?.numbers.get(key)
  if (text === undefined) return undefined
  return Object.is((holder as Record<string, ColumnValue>)[key], Number(text)) ? text : undefined
}

/** Keeps the text of a number, or forgets that of an earlier number with this key. */
export function keepNumberText(holder: JsonHolder, key: string, text: string | undefined): void {
  if (text === undefined) formOf(holder)?.numbers.delete(key)
  else keepForm(holder).numbers.set(key, text)
}

/** @param keys all keys in their order. */
export function keepKeys(object: JsonHolder, keys: readonly string[]): void {
  keepForm(object).keys = keys
}

/** Gives a form to a holder, for a holder inside. */
export function keepForm(holder: object): JsonForm {
  const known = formOf(holder)
  if (known !== undefined) return known
  const value: JsonForm = { numbers: new Map(), keys: undefined }
  // Not enumerable, so that neither `toEqual` nor a log shows it.
  Object.defineProperty(holder, writtenForm, { value })
  return value
}

const nine = 57
const movingName = /^(?:0|[1-9]\d{0,9})$/

/** Whether a name is that of an array's element, which an object puts before all others. */
export function isMovingName(name: string): boolean {
  const first = name.charCodeAt(0)
  // Most names begin with a letter, and this is asked of every key.
  return first <= nine && movingName.test(name)
}

function formOf(value: unknown): JsonForm | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Formed)[writtenForm]
}
