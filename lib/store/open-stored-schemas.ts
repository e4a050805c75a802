import { existsSync } from 'node:fs'
import type { SchemaStore } from '../port/schema-store.js'
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
    async findSchema(id) {
      if (!hasSchemas) return undefined
      const rows = await database.all<{ content: string }>(
        'SELECT content FROM schemas WHERE id = ?',
        [id],
      )
      return rows[0]?.content
    },
    close: async () => database?.close(),
  }
}
