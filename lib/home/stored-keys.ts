import { join } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import type { ModelKey } from '../port/model-names.js'
import { pythonJsonText } from '../row/python/python-json-text.js'
import { readHomeJson, readHomeObject } from './home-file.js'
import { writeHomeFile } from './write-home-file.js'

export interface FindKeyOptions {
  /** The value of `--key`: a name in keys.json, else the key itself. */
  readonly explicit?: string | undefined
  /** Absent for a model that takes no key. Such a model gets none, even if `explicit` is set. */
  readonly need: ModelKey | undefined
  /** Whether the model works without a key, as a server on this machine does. */
  readonly isOptional?: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

const noteName = '// Note'
const note = 'This file stores secret API credentials. Do not share!'

export function keysPath(folder: string): string {
  return join(folder, 'keys.json')
}

/** Reads the stored keys by name, without the note at the top of the file. */
export async function readKeys(folder: string): Promise<ReadonlyMap<string, string>> {
  const stored = (await readHomeJson(keysPath(folder))) ?? {}
  const keys = new Map<string, string>()
  for (const [name, value] of Object.entries(stored)) {
    if (name !== noteName && typeof value === 'string') keys.set(name, value.trim())
  }
  return keys
}

/** Whether a text is the name of a stored key. Names may be recorded; keys may not. */
export async function hasStoredKey(folder: string, name: string): Promise<boolean> {
  return (await readKeys(folder)).has(name)
}

/** Stores a key under a name, in llm's file format. Everything else in the file stays. */
export async function setKey(
  folder: string,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
  const path = keysPath(folder)
  const stored = await readHomeObject(path)
  const keys = new Map(stored.size === 0 ? [[noteName, note]] : stored).set(name, value)
  await writeHomeFile(path, `${pythonJsonText(keys, 'indented')}\n`, { isSecret: true })
}

/**
 * Finds the key for a model in llm's order: `--key` as a stored name, `--key` as the key itself,
 * the stored key with the model's key name, the environment. So a stored key comes before a
 * variable.
 *
 * @throws {BatchError} KEY_MISSING if the model needs a key and there is none.
 */
export async function findKey(
  folder: string,
  { explicit, need, isOptional = false, environment }: FindKeyOptions,
): Promise<string | undefined> {
  if (need === undefined) return undefined
  const stored = await readKeys(folder)
  if (explicit !== undefined) return stored.get(explicit) ?? explicit.trim()
  const candidates = [
    ...[need.name, ...(need.alsoNamed ?? [])].map(name => stored.get(name)),
    ...need.variables.map(variable => environment[variable]?.trim()),
  ]
  const key = candidates.find(Boolean)
  if (key === undefined && !isOptional) throw keyMissing(need)
  return key
}

function keyMissing({ name, variables }: ModelKey): BatchError {
  const variable = variables[0]
  const elsewhere = variable === undefined ? '' : `, or set the ${variable} environment variable`
  return runError(
    'KEY_MISSING',
    `No key found for ${name}.`,
    `Add one with 'llm keys set ${name}'${elsewhere}.`,
  )
}
