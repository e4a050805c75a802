import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import type { FragmentStore } from '../port/fragment-store.js'
import type { Fragment } from '../row/prompt.js'

/**
 * Finds a fragment in llm's order: by alias or hash in llm's database, else as the file at that
 * path.
 *
 * @param store absent if there is no database.
 * @throws {BatchError} FRAGMENT_NOT_FOUND, also for a URL: URLs are not fetched.
 */
export async function readFragment(
  name: string,
  store: FragmentStore | undefined,
): Promise<Fragment> {
  if (/^https?:\/\//i.test(name)) throw fragmentNotFetched(name)
  const stored = await store?.findFragment(name)
  if (stored !== undefined) return stored
  const source = resolve(name)
  const bytes = await readFile(source).catch(() => undefined)
  if (bytes === undefined) throw fragmentNotFound(name, (await store?.listAliases()) ?? [])
  const content = decode(bytes, name)
  const hash = createHash('sha256').update(content, 'utf8').digest('hex')
  return { hash, content, source }
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
    `Fragment not found: ${name}`,
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : 'Name a file, or an alias or hash that `llm fragments` lists.',
  )
}

function fragmentNotFetched(url: string): BatchError {
  return runError(
    'FRAGMENT_NOT_FOUND',
    `A fragment from a URL is not supported yet: ${url}`,
    `Fetch it first (curl -o fragment.txt ${url}) and name the file.`,
  )
}
