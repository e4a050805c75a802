import type { Token } from 'stream-json/core/parser.js'
import { BatchError } from '../error/batch-error.js'

/** Tokens of a document that is not asked for a part of it, before its arrays are listed in an error. */
const tokensForListing = 1000
const deepestListed = 4
const mostListed = 8

export interface ArrayFinding {
  /** @returns whether this token opens the array that is sought. */
  readonly take: (token: Token) => boolean
}

/**
 * Follows the tokens of a document to the array of its rows: the document itself, or the one at `path`.
 *
 * @param path keys separated by dots, such as `data.items`; a key with a dot in it cannot be named.
 * @throws {BatchError} USAGE_INVALID, reach `run`, when there is no array there; it names those that there are.
 */
export function findJsonArray(path: string | undefined): ArrayFinding {
  const sought = path === undefined ? [] : path.split('.')
  const arrays: string[] = []
  /** Of each open object the key that came last; undefined for an array. */
  const keys: (string | undefined)[] = []
  /** How many of the open containers lie on the path: the outermost ones. */
  let followed = 0
  let tokens = 0

  return { take }

  function take(token: Token): boolean {
    tokens += 1
    if (token.name === 'keyValue') {
      keys[keys.length - 1] = token.value
    } else if (token.name === 'endObject' || token.name === 'endArray') {
      leave()
    } else {
      const isOnPath = isNextOnPath()
      if (isOnPath && followed === sought.length && token.name === 'startArray') return true
      enter(token, isOnPath)
    }
    if (path === undefined && tokens > tokensForListing) throw noArray('object', arrays)
    return false
  }

  /** Whether the value that begins now is the document, or what the path names next. */
  function isNextOnPath(): boolean {
    if (keys.length !== followed) return false
    return followed === 0 || keys.at(-1) === sought[followed - 1]
  }

  function enter({ name }: Token, isOnPath: boolean): void {
    if (name === 'startArray') {
      list()
      if (isOnPath) throw noArrayAt(path, reached(), 'array', arrays)
    } else if (name === 'startObject') {
      if (isOnPath && followed === sought.length && path !== undefined) {
        throw noArrayAt(path, reached(), 'object', arrays)
      }
      if (isOnPath) followed += 1
    } else {
      if (isOnPath) throw noArrayAt(path, reached(), typeNames[name] ?? 'value', arrays)
      return
    }
    keys.push(undefined)
  }

  function leave(): void {
    keys.pop()
    followed = Math.min(followed, keys.length)
    if (keys.length > 0) return
    throw path === undefined ? noArray('object', arrays) : nothingAt(path, arrays)
  }

  function reached(): string {
    return sought.slice(0, followed).join('.')
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
  return new BatchError(
    `The JSON input is not an array of rows but ${article(found)}${listed(arrays)}`,
    {
      code: 'USAGE_INVALID',
      reach: 'run',
      remedy:
        first === undefined
          ? 'If every line is an object of its own, say --input-format jsonl.'
          : `Say where the rows are, such as --json-path ${first}`,
    },
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
  return new BatchError(
    `No array of rows at --json-path ${path}: ${subject} is ${article(found)}${listed(arrays)}`,
    { code: 'USAGE_INVALID', reach: 'run', remedy: remedyFor(place, found) },
  )
}

function nothingAt(path: string, arrays: readonly string[]): BatchError {
  return new BatchError(`Nothing in the JSON input at --json-path ${path}${listed(arrays)}`, {
    code: 'USAGE_INVALID',
    reach: 'run',
    remedy: 'Write the keys that lead to the array of rows, with dots between them.',
  })
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
