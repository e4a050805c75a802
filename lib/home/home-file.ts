import { readFile } from 'node:fs/promises'
import { type BatchError, runError } from '../error/batch-error.js'
import { type PythonObject, parsePythonJson } from '../row/python/python-json.js'

/**
 * Reads a text file of the user's folder, without its byte-order mark. Returns undefined if the
 * file does not exist.
 *
 * @throws {BatchError} HOME_FILE_INVALID if the file exists and cannot be read.
 */
export async function readHomeText(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw homeFileInvalid(path, reasonOf(error))
  }
}

/**
 * Reads a JSON object of the user's folder. Returns undefined if the file is blank or does not
 * exist.
 *
 * @throws {BatchError} HOME_FILE_INVALID naming the file and the line.
 */
export async function readHomeJson(
  path: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readHomeText(path)
  if (text === undefined || text.trim() === '') return undefined
  const value = parseJson(path, text)
  if (!isRecord(value)) throw homeFileInvalid(path, 'it should hold one JSON object, {…}')
  return value
}

/**
 * Reads a JSON object that is to be written again: names stay in their order, and numbers as they
 * are written. Returns an empty object if the file is blank or does not exist.
 *
 * @throws {BatchError} HOME_FILE_INVALID naming the file and the line.
 */
export async function readHomeObject(path: string): Promise<PythonObject> {
  const text = await readHomeText(path)
  if (text === undefined || text.trim() === '') return new Map()
  parseJson(path, text)
  const value = parsePythonJson(text)
  if (value instanceof Map) return value
  throw homeFileInvalid(path, 'it should hold one JSON object, {…}')
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function homeFileInvalid(path: string, reason: string): BatchError {
  return runError(
    'HOME_FILE_INVALID',
    `${path} cannot be used: ${reason}.`,
    'Correct the file, or move it away.',
  )
}

/**
 * V8's message quotes the text near the fault, which in keys.json is a key. So only the position is
 * used.
 */
function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1]
    const before = position === undefined ? undefined : text.slice(0, Number(position))
    const place = before === undefined ? '' : ` (line ${before.split('\n').length})`
    throw homeFileInvalid(path, `it is not valid JSON${place}`)
  }
}

/** A name that no file can have (too long, or below a file) counts as missing, not as broken. */
function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(codeOf(error))
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'reading it is not permitted'
    case 'EISDIR':
      return 'it is a folder'
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'it is not UTF-8'
    default:
      return `reading it failed with ${codeOf(error) || 'an unknown error'}`
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '')
}
