import { isPythonFloat, isPythonObject, type PythonJson } from './python-json.js'

/**
 * `spaced` is Python's default, `{"a": 1, "b": [1, 2]}`. `compact` has no spaces. `indented` is
 * `indent=2`, `wide` is `indent=4`.
 */
export type PythonJsonStyle = 'spaced' | 'compact' | 'indented' | 'wide'

const steps: Readonly<Record<PythonJsonStyle, string | undefined>> = {
  spaced: undefined,
  compact: undefined,
  indented: '  ',
  wide: '    ',
}

/** Python's `json.dumps`: everything outside of printable ASCII is escaped. */
export function pythonJsonText(value: PythonJson, style: PythonJsonStyle = 'spaced'): string {
  return jsonText(value, style, '')
}

function jsonText(value: PythonJson, style: PythonJsonStyle, margin: string): string {
  if (typeof value === 'string') return pythonQuoted(value)
  if (value === null || typeof value !== 'object') return String(value)
  if (isPythonFloat(value)) return jsonFloat(value.float)
  const inner = margin + (steps[style] ?? '')
  if (isPythonObject(value)) {
    const colon = style === 'compact' ? ':' : ': '
    const members: string[] = []
    for (const [key, member] of value) {
      members.push(pythonQuoted(key) + colon + jsonText(member, style, inner))
    }
    return enclosed('{', members, '}', style, margin)
  }
  const texts = value.map(element => jsonText(element, style, inner))
  return enclosed('[', texts, ']', style, margin)
}

function enclosed(
  open: string,
  parts: readonly string[],
  close: string,
  style: PythonJsonStyle,
  margin: string,
): string {
  if (parts.length === 0) return open + close
  const step = steps[style]
  if (step === undefined) {
    return open + parts.join(style === 'compact' ? ',' : ', ') + close
  }
  const inner = `\n${margin}${step}`
  return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`
}

/** A string in Python's JSON. `JSON.stringify` escapes quotes and control characters. */
export function pythonQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return pythonFloat(value)
}

/**
 * Python's `repr` of a finite float: `1.0`, `1e-05`, `1e+16`. Like JavaScript's text, it has the
 * fewest digits that give the same number, but other limits for an exponent.
 */
export function pythonFloat(value: number): string {
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  const sign = Object.is(value, -0) ? '-' : ''
  if (exponent < -4 || exponent >= 16) {
    const shown = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${shown}`
  }
  const text = sign + (exponent < 0 ? value.toFixed(digitsAfterPoint(mantissa, exponent)) : value)
  return text.includes('.') ? text : `${text}.0`
}

function digitsAfterPoint(mantissa: string, exponent: number): number {
  const fraction = mantissa.split('.')[1] ?? ''
  return fraction.length - exponent
}
