import type { Statements } from '../database/database.js'
import { firstPageIds, type LogSource, pageIds } from './log-source.js'

interface LoggedRow {
  readonly row_index: number
  readonly log_id: string
}

/** After an edit of the input, a row may have outcomes of several runs; the newest counts. */
const selectRows = `
  SELECT row_index, log_id FROM batch_rows
  WHERE batch_id = ? AND row_index > ? AND log_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM batch_rows AS later WHERE later.batch_id = batch_rows.batch_id
    AND later.row_index = batch_rows.row_index AND later.run > batch_rows.run)
  ORDER BY row_index LIMIT ?`

/**
 * Ids of the calls of a batch in the order of its rows, page by page. A row with rounds of tools
 * has several calls. A late answer has no row.
 */
export async function* listBatchCalls(
  database: Statements,
  sources: readonly LogSource[],
  batch: string,
): AsyncGenerator<readonly string[]> {
  const sides = sources.map(selectCalls).join(' UNION ALL ')
  const parameters = (rows: string) => sources.flatMap(source => [rows, ...source.parameters])
  let last = -1
  let most = firstPageIds
  for (;;) {
    const rows = await database.all<LoggedRow>(selectRows, [batch, last, most])
    const ids = JSON.stringify(rows.map(({ log_id }) => log_id))
    const calls = await database.all<{ readonly id: string }>(
      `SELECT id FROM (${sides}) ORDER BY place, id`,
      parameters(ids),
    )
    yield calls.map(({ id }) => id)
    if (rows.length < most) return
    last = (rows.at(-1) as LoggedRow).row_index
    most = pageIds
  }
}

/**
 * A row names its last call. The calls before have the same thread, whose id is less than theirs.
 * A row without rounds has its one call: the thread's id is greater.
 */
function selectCalls({ table, thread, from, where, id }: LogSource): string {
  return `
    SELECT named.key AS place, ${id} AS id
    FROM json_each(?) AS named CROSS JOIN ${table} AS last ON last.id = named.value
    CROSS JOIN ${from}
    WHERE ${where} AND ${table}.${thread} = last.${thread}
      AND ${id} BETWEEN min(last.${thread}, last.id) AND last.id`
}
