import { pythonFloat } from '../../row/python/python-json-text.js'
import { pythonRepr } from '../../row/python/python-shown.js'

/** Python's `repr` of an object without a form in JavaScript, such as a date or bytes. */
export type RepresentObject = (value: object) => string

/**
 * Python's `repr` of a value that Monty gave. Monty gives numbers as JavaScript's, so a whole float
 * in a list, such as `[1.0]`, comes as `[1]`.
 *
 * @throws {RangeError} for a value that is nested too deeply.
 */
export function pythonValueText(value: unknown, represent: RepresentObject): string {
  const textOf = (part: unknown): string => pythonValueText(part, represent)
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'boolean' || typeof value === 'string') return pythonRepr(value)
  if (typeof value !== 'object' || value === null) return 'None'
  if (Array.isArray(value)) return sequenceText(value.map(textOf), '__tuple__' in value)
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${textOf(key)}: ${textOf(member)}`)
    return `{${members.join(', ')}}`
  }
  if (value instanceof Set) {
    return value.size === 0 ? 'set()' : `{${[...value].map(textOf).join(', ')}}`
  }
  return represent(value)
}

function sequenceText(texts: readonly string[], isTuple: boolean): string {
  if (!isTuple) return `[${texts.join(', ')}]`
  return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(', ')})`
}

/** Monty gives an integer beyond 2^53 as a bigint, so that such a number is a float. */
function numberText(value: number): string {
  const isInteger = Number.isSafeInteger(value) && !Object.is(value, -0)
  return isInteger ? String(value) : floatText(value)
}

/** Python's `repr` of a float. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return pythonFloat(value)
}
