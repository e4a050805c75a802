import type { Database } from '../../lib/store/database/database.js'
import type { ReadCall } from '../contract/call-log.js'

export async function readSchema(database: Database, id: string | null): Promise<string | null> {
  if (id === null) return null
  const [row] = await database.all<any>('SELECT content FROM schemas WHERE id = ?', [id])
  return row.content
}

/** @param sql selects `type` and `place`, in order. */
export async function readAttachments(
  database: Database,
  sql: string,
  id: string | null,
): Promise<ReadCall['attachments']> {
  const rows = await database.all<{ type: string; place: string }>(sql, [id])
  return rows.map(({ type, place }) => [type, place])
}

/** A call as llm up to 0.31 shows it. */
export async function readResponse(database: Database, id: string): Promise<ReadCall> {
  const [row] = await database.all<any>(
    `SELECT responses.*, conversations.name, conversations.model AS conversation_model
     FROM responses JOIN conversations ON conversations.id = conversation_id
     WHERE responses.id = ?`,
    [id],
  )
  expect(row.conversation_model).toBe(row.model)
  const fragments = await database.all<{ content: string }>(
    `SELECT content FROM prompt_fragments JOIN fragments ON fragments.id = fragment_id
     WHERE response_id = ? ORDER BY "order"`,
    [id],
  )
  return {
    name: row.name,
    model: row.model,
    prompt: row.prompt,
    system: row.system,
    response: row.response,
    options: JSON.parse(row.options_json),
    reply: row.response_json ? JSON.parse(row.response_json) : undefined,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    tokenDetails: row.token_details ? JSON.parse(row.token_details) : undefined,
    durationMs: row.duration_ms,
    datetime: row.datetime_utc,
    fragments: fragments.map(({ content }) => content),
    schema: await readSchema(database, row.schema_id),
    attachments: await readAttachments(
      database,
      `SELECT type, coalesce(path, url) AS place FROM prompt_attachments
       JOIN attachments ON attachments.id = attachment_id WHERE response_id = ? ORDER BY "order"`,
      id,
    ),
  }
}

export async function searchResponses(
  database: Database,
  words: string,
): Promise<readonly string[]> {
  const rows = await database.all<{ id: string }>(
    `SELECT id FROM responses WHERE rowid IN
       (SELECT rowid FROM responses_fts WHERE responses_fts MATCH ?)`,
    [words],
  )
  return rows.map(({ id }) => id)
}
