import type { OpenDatabaseOptions } from './database/open-database.js'
import { lookAt } from './look-at.js'

/** A schema as `llm schemas list` shows it; names are llm's. */
export interface ListedSchema {
  readonly id: string
  /** JSON, as stored. */
  readonly content: string
  readonly recently_used: string | null
  readonly times_used: number
}

/**
 * Lists the schemas of llm's database by their last use, with llm's own query: schemas of `turns`
 * are left out up to llm 0.36.
 *
 * @param queries each must be in the schema's JSON.
 */
export async function listSchemas(
  options: Omit<OpenDatabaseOptions, 'isReadOnly'>,
  queries: readonly string[],
): Promise<readonly ListedSchema[]> {
  const where =
    queries.length === 0 ? '' : `WHERE ${queries.map(() => 'schemas.content LIKE ?').join(' AND ')}`
  const rows = await lookAt(options, ['schemas', 'responses'], database =>
    database.all<ListedSchema>(
      `SELECT schemas.id, schemas.content, max(responses.datetime_utc) AS recently_used,
        count(*) AS times_used
      FROM schemas JOIN responses ON responses.schema_id = schemas.id
      ${where} GROUP BY responses.schema_id ORDER BY recently_used`,
      queries.map(query => `%${query}%`),
    ),
  )
  return rows ?? []
}
