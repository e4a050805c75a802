import type { LogCounts } from '../../port/llm-log.js'
import type { Statements } from '../database/database.js'
import type { LogTables } from './log-tables.js'

/** Counts what is in a log. A table that does not exist is empty. */
export async function countCalls(database: Statements, tables: LogTables): Promise<LogCounts> {
  const count = async (table: string): Promise<number> => {
    if (!tables.has(table)) return 0
    const [row] = await database.all<{ n: number }>(`SELECT count(*) AS n FROM "${table}"`)
    return row?.n ?? 0
  }
  return {
    threads: await count('threads'),
    turns: await count('turns'),
    conversations: await count('conversations'),
    responses: await count('responses'),
  }
}

/** The conversation of the call with the greatest id, of both generations. */
export async function latestConversation(
  database: Statements,
  { hasTurns, hasResponses }: LogTables,
): Promise<string | undefined> {
  const newest = (table: string, column: string) =>
    `SELECT * FROM (SELECT ${column} AS conversation, id FROM ${table} ORDER BY id DESC LIMIT 1)`
  const sides = [
    ...(hasTurns ? [newest('turns', 'thread_id')] : []),
    ...(hasResponses ? [newest('responses', 'conversation_id')] : []),
  ]
  if (sides.length === 0) return undefined
  const [row] = await database.all<{ conversation: string | null }>(
    `SELECT conversation FROM (${sides.join(' UNION ALL ')}) ORDER BY id DESC LIMIT 1`,
  )
  return row?.conversation ?? undefined
}
