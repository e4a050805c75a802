import type { PythonJson } from './python-json.js'

/**
 * Plain values, without their absent members, as Python's JSON. A number without a fraction is an
 * integer.
 */
export function toPythonJson(value: unknown): PythonJson {
  if (Array.isArray(value)) return value.map(toPythonJson)
  if (typeof value === 'number' && !Number.isInteger(value)) return { float: value }
  if (typeof value !== 'object' || value === null) return value as PythonJson
  const members = value instanceof Map ? [...value] : Object.entries(value)
  return new Map(
    members
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [String(name), toPythonJson(member)]),
  )
}
