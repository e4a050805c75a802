import type { Token } from 'stream-json/core/parser.js'
import { type BatchError, runError } from '../../error/batch-error.js'

/** Tokens that are read to list the arrays of a document in an error. */
const tokensForListing = 1000
const deepestListed = 4
const mostListed = 8

export interface ArrayFinding {
  /** @returns whether this token opens the wanted array. */
  readonly take: (token: Token) => boolean
}

/**
 * Follows the tokens of a document to the array of rows: the document itself, or the array at
 * `path`.
 *
 * @param path keys separated by dots, such as `data.items`. A key may contain dots too. If several
 * arrays match, the first in the document counts.
 * @throws {BatchError} USAGE_INVALID, reach `run`, if there is no array at the path; the message
 * names the arrays that exist.
 */
export function findJsonArray(path: string | undefined): ArrayFinding {
  const arrays: string[] = []
  /** The last key of each open object; undefined for an array. */
  const keys: (string | undefined)[] = []
  /** The path of each open container; undefined if the wanted path does not lead through it. */
  const places: (string | undefined)[] = []
  let inTheWay: { readonly place: string; readonly found: string } | undefined
  let tokens = 0

  return { take }

  function take(token: Token): boolean {
    tokens += 1
    if (token.name === 'keyValue') {
      keys[keys.length - 1] = token.value
    } else if (token.name === 'endObject' || token.name === 'endArray') {
      leave()
    } else {
      const place = placeOnPath()
      if (token.name === 'startArray' && place !== undefined && place === (path ?? '')) return true
      enter(token, place)
    }
    if (path === undefined && tokens > tokensForListing) throw noArray('object', arrays)
    return false
  }

  /**
   * The path of the value that starts now, if the value can be or contain the wanted array. The
   * document's path is ''.
   */
  function placeOnPath(): string | undefined {
    if (keys.length === 0) return ''
    const outer = places.at(-1)
    const key = keys.at(-1)
    if (path === undefined || outer === undefined || key === undefined) return undefined
    const place = keys.length === 1 ? key : `${outer}.${key}`
    return place === path || path.startsWith(`${place}.`) ? place : undefined
  }

  function enter({ name }: Token, place: string | undefined): void {
    if (name === 'startArray') {
      list()
      if (place !== undefined) meet(place, 'array')
    } else if (name === 'startObject') {
      if (place !== undefined && place === path) meet(place, 'object')
    } else {
      if (place !== undefined) meet(place, typeNames[name] ?? 'value')
      return
    }
    keys.push(undefined)
    places.push(name === 'startObject' ? place : undefined)
  }

  /**
   * The value at the path is not an array. The search ends, unless a key with a dot can still come.
   */
  function meet(place: string, found: string): void {
    if (keys.length === 0 || !path?.includes('.')) throw noArrayAt(path, place, found, arrays)
    if (inTheWay === undefined || place === path) inTheWay = { place, found }
  }

  function leave(): void {
    keys.pop()
    places.pop()
    if (keys.length > 0) return
    if (path === undefined) throw noArray('object', arrays)
    if (inTheWay === undefined) throw nothingAt(path, arrays)
    throw noArrayAt(path, inTheWay.place, inTheWay.found, arrays)
  }

  function list(): void {
    if (keys.length === 0 || keys.length > deepestListed || arrays.length >= mostListed) return
    if (keys.every(key => key !== undefined)) arrays.push(keys.join('.'))
  }
}

const typeNames: Partial<Record<Token['name'], string>> = {
  stringValue: 'string',
  numberValue: 'number',
  trueValue: 'boolean',
  falseValue: 'boolean',
  nullValue: 'null',
}

function noArray(found: string, arrays: readonly string[]): BatchError {
  const first = arrays[0]
  return runError(
    'USAGE_INVALID',
    `The JSON input is not an array of rows but ${article(found)}${listed(arrays)}`,
    first === undefined
      ? 'If every line is an object, add --input-format jsonl.'
      : `Name the array of rows, for example --json-path ${first}`,
  )
}

function noArrayAt(
  path: string | undefined,
  place: string,
  found: string,
  arrays: readonly string[],
): BatchError {
  if (path === undefined) return noArray(found, arrays)
  const subject = place === '' ? 'the JSON input' : `"${place}"`
  return runError(
    'USAGE_INVALID',
    `No array of rows at --json-path ${path}: ${subject} is ${article(found)}${listed(arrays)}`,
    remedyFor(place, found),
  )
}

function nothingAt(path: string, arrays: readonly string[]): BatchError {
  return runError(
    'USAGE_INVALID',
    `Nothing in the JSON input at --json-path ${path}${listed(arrays)}`,
    'Write the keys that lead to the array of rows, with dots between them.',
  )
}

function remedyFor(place: string, found: string): string {
  return found === 'array'
    ? `Leave out what comes after ${place === '' ? '--json-path' : place}.`
    : 'Write the keys that lead to the array of rows, with dots between them.'
}

function article(noun: string): string {
  if (noun === 'null') return noun
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`
}

function listed(arrays: readonly string[]): string {
  return arrays.length === 0 ? '' : `; arrays in it: ${arrays.join(', ')}`
}
