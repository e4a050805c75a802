import type { Database } from '../port/database.js'
import type { FragmentStore } from '../port/fragment-store.js'
import { tableNames } from './migrate.js'

const selectFragment = `
  SELECT hash, content FROM fragments
  WHERE id = (SELECT fragment_id FROM fragment_aliases WHERE alias = ?)
  UNION ALL
  SELECT hash, content FROM fragments WHERE hash = ?
  LIMIT 1`

/** llm's fragments; none in a file that has no table for them. */
export function storedFragments(database: Database): FragmentStore {
  return {
    async findFragment(aliasOrHash) {
      if (!(await keepsFragments())) return undefined
      const rows = await database.all<{ hash: string; content: string }>(selectFragment, [
        aliasOrHash,
        aliasOrHash,
      ])
      return rows[0] === undefined ? undefined : { ...rows[0] }
    },
    async listAliases() {
      if (!(await keepsFragments())) return []
      const rows = await database.all<{ alias: string }>(
        'SELECT alias FROM fragment_aliases ORDER BY alias',
      )
      return rows.map(({ alias }) => alias)
    },
  }

  async function keepsFragments(): Promise<boolean> {
    const tables = await tableNames(database)
    return tables.has('fragments') && tables.has('fragment_aliases')
  }
}
