import { existsSync } from 'node:fs'
import type { Database } from './database/database.js'
import { tableNames } from './database/migration-record.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'

/**
 * Opens a database for reading, runs `look`, and closes the database. Nothing is created or
 * changed.
 *
 * @returns undefined if the file or one of the tables does not exist.
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`.
 */
export async function lookAt<T>(
  options: Omit<OpenDatabaseOptions, 'isReadOnly'>,
  tables: readonly string[],
  look: (database: Database) => Promise<T>,
): Promise<T | undefined> {
  if (!existsSync(options.path)) return undefined
  const database = await openDatabase({ ...options, isReadOnly: true })
  try {
    const found = await tableNames(database)
    return tables.every(table => found.has(table)) ? await look(database) : undefined
  } finally {
    await database.close()
  }
}
