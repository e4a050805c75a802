import { existsSync } from 'node:fs'
import type { SchemaStore } from '../port/schema-store.js'
import type { Statements } from './database/database.js'
import { tableNames } from './database/migration-record.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'

/**
 * Opens llm's schemas for reading. Nothing is created or changed. If the file or the table does not
 * exist, there are no schemas.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`.
 */
export async function openStoredSchemas(
  options: Omit<OpenDatabaseOptions, 'isReadOnly'>,
): Promise<SchemaStore & { readonly close: () => Promise<void> }> {
  const database = existsSync(options.path)
    ? await openDatabase({ ...options, isReadOnly: true })
    : undefined
  const hasSchemas = database !== undefined && (await tableNames(database)).has('schemas')
  return {
    ...findStoredSchemas(hasSchemas ? database : undefined),
    close: async () => database?.close(),
  }
}

/**
 * Finds schemas in an open database.
 *
 * @param database undefined if there are no schemas.
 */
export function findStoredSchemas(database: Statements | undefined): SchemaStore {
  return {
    async findSchema(id) {
      const rows = await database?.all<{ content: string }>(
        'SELECT content FROM schemas WHERE id = ?',
        [id],
      )
      return rows?.[0]?.content
    },
  }
}
