import { createHash } from 'node:crypto'
import type { Clock } from '../port/clock.js'
import type { Statements } from '../port/database.js'
import type { Fragment } from '../row/prompt.js'
import { insertGroupSql, insertRows } from './insert-group.js'
import { spacedLogDate } from './log-date.js'

/** Hash that llm gives a fragment: SHA-256 of its UTF-8, in hex. */
export function fragmentHash(content: string): string {
  return createHash('sha256').update(content, 'utf8').digest('hex')
}

const insertFragments = insertGroupSql({
  table: 'fragments',
  columns: ['hash', 'content', 'datetime_utc', 'source'],
  onConflict: 'ignore',
})

const selectFragments = `
  SELECT hash, id FROM fragments WHERE hash IN (SELECT value FROM json_each(?))`

/**
 * The numbers of fragments in llm's table by their hash, put there when they are not.
 * Asked anew in each transaction, so that a number is never one that was rolled back or deleted since.
 */
export async function fragmentNumbers(
  statements: Statements,
  fragments: readonly Fragment[],
  clock: Clock,
): Promise<ReadonlyMap<string, number>> {
  const byHash = new Map(fragments.map(fragment => [fragment.hash, fragment]))
  if (byHash.size === 0) return new Map()
  const known = await selectNumbers(statements, byHash)
  if (known.size === byHash.size) return known
  const secondsOfDate = spacedLogDate(clock.nowMs()).slice(0, 19)
  const missing = [...byHash.values()].filter(({ hash }) => !known.has(hash))
  await insertRows(
    statements,
    insertFragments,
    missing.map(({ hash, content, source }) => [hash, content, secondsOfDate, source ?? null]),
  )
  return selectNumbers(statements, byHash)
}

async function selectNumbers(
  statements: Statements,
  byHash: ReadonlyMap<string, Fragment>,
): Promise<ReadonlyMap<string, number>> {
  const hashes = JSON.stringify([...byHash.keys()])
  const rows = await statements.all<{ hash: string; id: number }>(selectFragments, [hashes])
  return new Map(rows.map(({ hash, id }) => [hash, id]))
}
