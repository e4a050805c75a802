import type { Clock } from '../port/clock.js'
import type { Fragment } from '../row/prompt.js'
import type { SqlValue } from './database/database.js'
import { logTooOld } from './database/database-trouble.js'
import { tableNames } from './database/migration-record.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'
import { makeLlmTables } from './llm-log/make-llm-tables.js'
import { lookAt } from './look-at.js'

type LibraryOptions = Omit<OpenDatabaseOptions, 'isReadOnly'>

/** A fragment as `llm fragments list` shows it; names are llm's. */
export interface ListedFragment {
  readonly hash: string
  readonly aliases: readonly string[]
  readonly datetime_utc: string | null
  readonly source: string | null
  readonly content: string
}

export interface ListFragmentsOptions {
  /** Every query must be in the source or the content, or be an alias or the hash. */
  readonly queries: readonly string[]
  /** Whether only fragments with an alias are listed. */
  readonly hasAlias: boolean
}

/** Lists the fragments of llm's database, the oldest first, with llm's own query. */
export async function listFragments(
  options: LibraryOptions,
  { queries, hasAlias }: ListFragmentsOptions,
): Promise<readonly ListedFragment[]> {
  const conditions = [
    ...(hasAlias ? ['fragment_aliases.alias IS NOT NULL'] : []),
    ...queries.map(
      () => `(fragments.hash = ? OR fragment_aliases.alias = ?
        OR fragments.source LIKE '%' || ? || '%' OR fragments.content LIKE '%' || ? || '%')`,
    ),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = await lookAt(options, ['fragments', 'fragment_aliases'], database =>
    database.all<Omit<ListedFragment, 'aliases'> & { readonly aliases: string }>(
      `SELECT fragments.hash,
        json_group_array(fragment_aliases.alias)
          FILTER (WHERE fragment_aliases.alias IS NOT NULL) AS aliases,
        fragments.datetime_utc, fragments.source, fragments.content
      FROM fragments LEFT JOIN fragment_aliases ON fragment_aliases.fragment_id = fragments.id
      ${where}
      GROUP BY fragments.id, fragments.hash, fragments.content, fragments.datetime_utc,
        fragments.source
      ORDER BY fragments.datetime_utc`,
      queries.flatMap(query => [query, query, query, query]),
    ),
  )
  return (rows ?? []).map(row => ({ ...row, aliases: JSON.parse(row.aliases) as string[] }))
}

const insertFragment = `INSERT INTO fragments (hash, content, datetime_utc, source)
  VALUES (?, ?, datetime('now'), ?) ON CONFLICT (hash) DO NOTHING`
const insertAlias = `INSERT INTO fragment_aliases (alias, fragment_id)
  SELECT ?, id FROM fragments WHERE hash = ?
  ON CONFLICT (alias) DO UPDATE SET fragment_id = excluded.fragment_id`
const deleteAlias = 'DELETE FROM fragment_aliases WHERE alias = ?'

/** Stores a fragment, unless it is there, and points an alias to it. */
export async function setFragmentAlias(
  options: LibraryOptions,
  { alias, fragment }: { readonly alias: string; readonly fragment: Fragment },
): Promise<void> {
  const { hash, content, source } = fragment
  await change(options, [
    [insertFragment, [hash, content, source ?? null]],
    [insertAlias, [alias, hash]],
  ])
}

/** Removes an alias. The fragment stays. An unknown alias is not an error, as in llm. */
export async function removeFragmentAlias(options: LibraryOptions, alias: string): Promise<void> {
  await change(options, [[deleteAlias, [alias]]])
}

async function change(
  options: LibraryOptions & { readonly clock: Clock },
  steps: readonly (readonly [sql: string, cells: readonly SqlValue[]])[],
): Promise<void> {
  const database = await openDatabase(options)
  try {
    await makeLlmTables(database, options.clock)
    if (!(await tableNames(database)).has('fragment_aliases')) throw logTooOld(database.path)
    await database.transaction(async statements => {
      for (const [sql, cells] of steps) await statements.run(sql, cells)
    })
  } finally {
    await database.close()
  }
}
