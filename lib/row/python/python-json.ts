/**
 * A JSON value as Python's `json.loads` holds it. Objects keep the order of their keys. A whole
 * number is a `number` or a `bigint`, and a number written with a point or an exponent is a
 * `PythonFloat`, so that `1.0` stays `1.0`.
 */
export type PythonJson =
  | null
  | boolean
  | string
  | number
  | bigint
  | PythonFloat
  | readonly PythonJson[]
  | PythonObject

export interface PythonFloat {
  readonly float: number
}

export type PythonObject = ReadonlyMap<string, PythonJson>

/** Python gives up at about this depth too. */
const deepest = 1000

const numberText = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const blank = /[ \t\n\r]*/y
const constants: readonly (readonly [word: string, value: PythonJson])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', { float: Number.NaN }],
  ['Infinity', { float: Number.POSITIVE_INFINITY }],
  ['-Infinity', { float: Number.NEGATIVE_INFINITY }],
]

/**
 * Python's `json.loads`: takes `NaN`, `Infinity` and `-Infinity`, and of equal keys the last value.
 *
 * @throws {SyntaxError} if the text is not JSON, or is nested more than 1,000 deep.
 */
export function parsePythonJson(text: string): PythonJson {
  let at = 0
  const value = readValue(0)
  skipBlank()
  if (at < text.length) throw unexpected()
  return value

  function readValue(depth: number): PythonJson {
    if (depth > deepest) throw new SyntaxError('the JSON is nested too deeply')
    skipBlank()
    switch (text[at]) {
      case '{':
        return readObject(depth + 1)
      case '[':
        return readArray(depth + 1)
      case '"':
        return readString()
      default:
        return readWord()
    }
  }

  function readObject(depth: number): PythonObject {
    const members = new Map<string, PythonJson>()
    at += 1
    if (takes('}')) return members
    do {
      skipBlank()
      if (text[at] !== '"') throw unexpected()
      const key = readString()
      if (!takes(':')) throw unexpected()
      members.set(key, readValue(depth))
    } while (takes(','))
    if (!takes('}')) throw unexpected()
    return members
  }

  function readArray(depth: number): readonly PythonJson[] {
    const values: PythonJson[] = []
    at += 1
    if (takes(']')) return values
    do values.push(readValue(depth))
    while (takes(','))
    if (!takes(']')) throw unexpected()
    return values
  }

  function readString(): string {
    let end = at
    for (;;) {
      end = text.indexOf('"', end + 1)
      if (end === -1) throw unexpected()
      let before = end - 1
      while (text[before] === '\\') before -= 1
      if ((end - before) % 2 === 1) break
    }
    const quoted = text.slice(at, end + 1)
    at = end + 1
    return JSON.parse(quoted) as string
  }

  function readWord(): PythonJson {
    for (const [word, value] of constants) {
      if (!text.startsWith(word, at)) continue
      at += word.length
      return value
    }
    numberText.lastIndex = at
    const [found, fraction, exponent] = numberText.exec(text) ?? []
    if (found === undefined) throw unexpected()
    at += found.length
    if (fraction !== undefined || exponent !== undefined) return { float: Number(found) }
    const value = Number(found)
    return Number.isSafeInteger(value) ? value + 0 : BigInt(found)
  }

  /** Whether the next character is this one, which is then read. */
  function takes(character: string): boolean {
    skipBlank()
    if (text[at] !== character) return false
    at += 1
    return true
  }

  function skipBlank(): void {
    blank.lastIndex = at
    blank.test(text)
    at = blank.lastIndex
  }

  function unexpected(): SyntaxError {
    return new SyntaxError(`the JSON has something unexpected at position ${at}`)
  }
}

export function isPythonFloat(value: PythonJson): value is PythonFloat {
  return typeof value === 'object' && value !== null && 'float' in value
}

export function isPythonObject(value: PythonJson | undefined): value is PythonObject {
  return value instanceof Map
}

/** The value of a JSON text; undefined if the text is not JSON. */
export function readPythonJson(text: string): PythonJson | undefined {
  try {
    return parsePythonJson(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
