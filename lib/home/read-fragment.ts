import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import type { FragmentStore } from '../port/fragment-store.js'
import type { Fragment } from '../row/prompt.js'

/** Where fragments come from, besides files. */
export interface FragmentSources {
  /** Absent if there is no database. */
  readonly store?: FragmentStore | undefined
  /** Fetches the text of a URL. */
  readonly fetchText: (url: string) => Promise<string>
  /** Reads standard input, which `-` means. Absent if a fragment cannot come from there. */
  readonly readInput?: (() => Promise<string>) | undefined
}

/**
 * Finds a fragment in llm's order: from a URL, from standard input, by alias or hash in llm's
 * database, else as the file at that path.
 *
 * As in llm, a file's line breaks become LF.
 *
 * @throws {BatchError} FRAGMENT_NOT_FOUND, also for a `prefix:name` that only a plugin of Python's
 * llm can load.
 */
export async function readFragment(
  name: string,
  { store, fetchText, readInput }: FragmentSources,
): Promise<Fragment> {
  if (isFragmentUrl(name)) return fragmentOf(await fetchText(name), name)
  if (name === '-') {
    if (readInput === undefined) throw inputIsNoFragment()
    return fragmentOf(withLineFeeds(await readInput()), name)
  }
  const source = resolve(name)
  const read = () => readFile(source).catch(() => undefined)
  if (hasPluginPrefix(name)) {
    const bytes = await read()
    if (bytes === undefined) throw prefixUnknown(name)
    return fragmentOf(withLineFeeds(decode(bytes, name)), source)
  }
  const stored = await store?.findFragment(name)
  if (stored !== undefined) return stored
  const bytes = await read()
  if (bytes === undefined) throw fragmentNotFound(name, (await store?.listAliases()) ?? [])
  return fragmentOf(withLineFeeds(decode(bytes, name)), source)
}

export function isFragmentUrl(name: string): boolean {
  return name.startsWith('http://') || name.startsWith('https://')
}

/** llm's rule; `C:\notes.txt` has such a prefix too, but is a file. */
function hasPluginPrefix(name: string): boolean {
  return /^[a-zA-Z0-9_-]+:/.test(name)
}

function fragmentOf(content: string, source: string): Fragment {
  return { hash: createHash('sha256').update(content, 'utf8').digest('hex'), content, source }
}

/** Python's universal newlines. */
function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw runError(
      'FRAGMENT_NOT_FOUND',
      `The fragment ${name} is not UTF-8 text`,
      'Save the file as UTF-8.',
      cause,
    )
  }
}

function fragmentNotFound(name: string, aliases: readonly string[]): BatchError {
  const near = nearest(name, aliases)
  return runError(
    'FRAGMENT_NOT_FOUND',
    `Fragment '${name}' not found`,
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : 'Name a file, a URL, or an alias or hash that `llm fragments` lists.',
  )
}

function prefixUnknown(name: string): BatchError {
  return runError(
    'FRAGMENT_NOT_FOUND',
    `Unknown fragment prefix: ${name.replace(/:.*$/s, '')}`,
    `Only a plugin of Python's llm can load ${name}. Store it with: llm fragments set NAME ${name} (by Python's llm), and name that.`,
  )
}

function inputIsNoFragment(): BatchError {
  return runError(
    'FRAGMENT_NOT_FOUND',
    'Standard input cannot be a fragment of a batch',
    'Store it first: llm fragments set NAME - , and name that.',
  )
}
