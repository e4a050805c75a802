import { join } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import type { ModelKey } from '../port/model-names.js'
import { readHomeJson } from './home-file.js'
import { writeHomeFile } from './write-home-file.js'

export interface FindKeyOptions {
  /** What `--key` said: a name in keys.json, else the key itself. */
  readonly explicit?: string | undefined
  /** Absent for a model that takes no key: then none is given, whatever else is said. */
  readonly need: ModelKey | undefined
  /** Whether it may go without, as a server on this machine does; then no key is no error. */
  readonly isOptional?: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

const noteName = '// Note'
const note = 'This file stores secret API credentials. Do not share!'

export function keysPath(folder: string): string {
  return join(folder, 'keys.json')
}

/** Stored keys by name; the note at the head is no key. */
export async function readKeys(folder: string): Promise<ReadonlyMap<string, string>> {
  const stored = (await readHomeJson(keysPath(folder))) ?? {}
  const keys = new Map<string, string>()
  for (const [name, value] of Object.entries(stored)) {
    if (name !== noteName && typeof value === 'string') keys.set(name, value.trim())
  }
  return keys
}

/** Whether a text is the name of a stored key: the name may be recorded, which a key may not. */
export async function hasStoredKey(folder: string, name: string): Promise<boolean> {
  return (await readKeys(folder)).has(name)
}

/** Stores a key under a name, in the form llm gives the file; the rest of it stays. */
export async function setKey(
  folder: string,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
  const path = keysPath(folder)
  const stored = (await readHomeJson(path)) ?? { [noteName]: note }
  const entries = new Map(Object.entries(stored)).set(name, value)
  await writeHomeFile(path, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`)
}

/**
 * The key for a model, found in llm's order: `--key` as a stored name, `--key` as the key itself, the stored
 * key of the model's name, the environment. So a stored key beats a variable.
 *
 * @throws {BatchError} KEY_MISSING when the model needs one and there is none.
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
