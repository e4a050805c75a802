import { existsSync } from 'node:fs'
import type { FragmentStore } from '../port/fragment-store.js'
import type { Statements } from './database/database.js'
import { tableNames } from './database/migration-record.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'

const selectFragment = `
  SELECT hash, content, source FROM fragments
  WHERE id = (SELECT fragment_id FROM fragment_aliases WHERE alias = ?)
  UNION ALL
  SELECT hash, content, source FROM fragments WHERE hash = ?
  LIMIT 1`
const selectAliases = 'SELECT alias FROM fragment_aliases ORDER BY alias'

interface StoredFragment {
  readonly hash: string
  readonly content: string
  readonly source: string | null
}

/**
 * Opens llm's fragments for reading. Nothing is created or changed. If the file or the tables do
 * not exist, there are no fragments.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`.
 */
export async function openStoredFragments(
  options: Omit<OpenDatabaseOptions, 'isReadOnly'>,
): Promise<FragmentStore & { readonly close: () => Promise<void> }> {
  if (!existsSync(options.path)) {
    return { ...findStoredFragments(undefined), close: async () => {} }
  }
  const database = await openDatabase({ ...options, isReadOnly: true })
  const tables = await tableNames(database)
  const hasFragments = tables.has('fragments') && tables.has('fragment_aliases')
  return {
    ...findStoredFragments(hasFragments ? database : undefined),
    close: () => database.close(),
  }
}

/**
 * Finds fragments in an open database.
 *
 * @param database undefined if there are no fragments.
 */
export function findStoredFragments(database: Statements | undefined): FragmentStore {
  return {
    async findFragment(aliasOrHash) {
      const cells = [aliasOrHash, aliasOrHash]
      const [row] = (await database?.all<StoredFragment>(selectFragment, cells)) ?? []
      if (row === undefined) return undefined
      const { source, ...fragment } = row
      return source === null ? fragment : { ...fragment, source }
    },
    async listAliases() {
      const rows = await database?.all<{ alias: string }>(selectAliases)
      return rows?.map(({ alias }) => alias) ?? []
    },
  }
}
