import { isPythonFloat, isPythonObject, type PythonJson } from './python-json.js'
import { pythonFloat } from './python-json-text.js'

/** Characters that Python's `repr` escapes: everything that is not printable, but the space. */
const unprintable = /[\p{C}\p{Z}]/u

/** Python's `str()` of a value: a text as it is, all others as in Python's source. */
export function pythonShown(value: PythonJson): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** Python's `repr()` of a value. */
export function pythonRepr(value: PythonJson): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return representText(value)
  if (typeof value !== 'object') return String(value)
  if (isPythonFloat(value)) return representFloat(value.float)
  if (isPythonObject(value)) {
    const members: string[] = []
    for (const [key, member] of value) members.push(`${representText(key)}: ${pythonRepr(member)}`)
    return `{${members.join(', ')}}`
  }
  return `[${value.map(pythonRepr).join(', ')}]`
}

function representFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return pythonFloat(value)
}

function representText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let shown = quote
  for (const character of text) shown += representCharacter(character, quote)
  return shown + quote
}

function representCharacter(character: string, quote: string): string {
  switch (character) {
    case quote:
    case '\\':
      return `\\${character}`
    case '\n':
      return '\\n'
    case '\r':
      return '\\r'
    case '\t':
      return '\\t'
    case ' ':
      return ' '
    default:
      return unprintable.test(character) ? escapeOf(character) : character
  }
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const digits = code.toString(16)
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}
