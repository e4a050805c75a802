import type { Database } from '../../lib/store/database/database.js'
import type { ReadCall } from '../contract/call-log.js'
import { readAttachments, readSchema } from './read-response.js'

/** The text of one message, its fragments put back. */
async function messageText(database: Database, hash: string, type = 'text'): Promise<string> {
  const parts = await database.all<{ text: string | null; payload: string | null }>(
    'SELECT text, payload FROM parts WHERE message_hash = ? AND type = ? ORDER BY position',
    [hash, type],
  )
  const texts = parts.map(async ({ text, payload }) => {
    if (payload === null) return text ?? ''
    const pieces: any[] = JSON.parse(payload).text_ref
    const resolved = pieces.map(async piece => {
      if ('literal' in piece) return piece.literal
      const [row] = await database.all<any>('SELECT content FROM fragments WHERE id = ?', [
        piece.fragment,
      ])
      return row.content
    })
    return (await Promise.all(resolved)).join('')
  })
  return (await Promise.all(texts)).join('')
}

/** A call as llm from 0.32 on shows it. */
export async function readTurn(database: Database, id: string): Promise<ReadCall> {
  const [turn] = await database.all<any>(
    `SELECT turns.*, threads.name, threads.tip_message_hash AS thread_tip FROM turns
     JOIN threads ON threads.id = turns.thread_id WHERE turns.id = ?`,
    [id],
  )
  expect(turn.thread_tip).toBe(turn.tip_message_hash)
  const [parent] = await database.all<any>('SELECT * FROM messages WHERE hash = ?', [
    turn.parent_message_hash,
  ])
  const systemHash = parent?.role === 'system' ? parent.hash : parent?.parent_hash
  const hasAnswer = turn.tip_message_hash !== turn.parent_message_hash
  const fragments = await database.all<{ content: string }>(
    `SELECT content FROM turn_fragments JOIN fragments ON fragments.id = fragment_id
     WHERE turn_id = ? AND kind = 'prompt' ORDER BY "order"`,
    [id],
  )
  return {
    name: turn.name,
    model: turn.model,
    prompt: parent?.role === 'user' ? await messageText(database, parent.hash) : '',
    system: systemHash ? await messageText(database, systemHash) : null,
    response: hasAnswer ? await messageText(database, turn.tip_message_hash) : '',
    options: JSON.parse(turn.options_json ?? '{}'),
    reply: turn.response_json ? JSON.parse(turn.response_json) : undefined,
    inputTokens: turn.input_tokens,
    outputTokens: turn.output_tokens,
    tokenDetails: turn.token_details ? JSON.parse(turn.token_details) : undefined,
    durationMs: turn.duration_ms,
    datetime: turn.datetime_utc,
    fragments: fragments.map(({ content }) => content),
    schema: await readSchema(database, turn.schema_id),
    attachments: await readAttachments(
      database,
      `SELECT attachments.type, coalesce(path, url) AS place FROM parts
       JOIN part_attachments ON part_id = parts.id
       JOIN attachments ON attachments.id = attachment_id
       WHERE message_hash = ? AND payload ->> '$.attachment.id' = attachment_id ORDER BY position`,
      turn.parent_message_hash,
    ),
  }
}

export async function searchTurns(database: Database, words: string): Promise<readonly string[]> {
  const rows = await database.all<{ turn_id: string }>(
    `SELECT turn_id FROM turn_search WHERE id IN
       (SELECT rowid FROM turn_search_fts WHERE turn_search_fts MATCH ?)`,
    [words],
  )
  return rows.map(row => row.turn_id)
}
