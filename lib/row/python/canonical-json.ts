import { isPythonFloat, isPythonObject, type PythonJson } from './python-json.js'
import { pythonJsonText } from './python-json-text.js'

/**
 * The JSON that llm hashes: keys sorted by code point, no spaces, and every character beyond ASCII
 * as it is. Numbers are as Python writes them: `1.0`, `1e-07`.
 *
 * @param value must have no lone surrogates: Python cannot encode them.
 */
export function canonicalJson(value: PythonJson): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null || typeof value !== 'object' || isPythonFloat(value)) {
    return pythonJsonText(value)
  }
  if (!isPythonObject(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = [...value].sort(([a], [b]) => compareCodePoints(a, b))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}

/** The order of UTF-8 is that of code points. JavaScript's own is of UTF-16. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
