import type { Clock } from '../../port/clock.js'
import type { Database } from '../database/database.js'
import { logDate } from '../database/log-date.js'
import type { FoundAnswers, FoundRow } from './own-answers.js'

export interface CachedAnswersOptions {
  readonly database: Database
  readonly batchId: string
  /** Milliseconds; Infinity takes answers of any age. */
  readonly cacheAgeMs: number
  readonly clock: Clock
}

/** Rows of `batch_rows` that one transaction looks at: it takes a quarter of a second. */
const portionRows = 100_000

const selectBehind = `
  SELECT (SELECT max(row_id) FROM batch_answers WHERE prompt_hash = '') AS upTo,
    (SELECT max(id) FROM batch_rows) AS newest`
const upTo = `coalesce((SELECT max(row_id) FROM batch_answers WHERE prompt_hash = ''), 0)`
// In the order of the table, so that each page is written once. A reused answer is not in llm's
// log, so an answer is as old here as its call.
const addPortion = `
  INSERT OR IGNORE INTO batch_answers (prompt_hash, row_id)
  SELECT prompt_hash, id FROM batch_rows
  WHERE id > ${upTo} AND id <= ${upTo} + ${portionRows} AND prompt_hash <> ''
    AND status = 'answered' AND log_id IS NOT NULL AND is_cut IS NULL
  ORDER BY prompt_hash, id;
  INSERT OR IGNORE INTO batch_answers (prompt_hash, row_id)
  SELECT '', min(${upTo} + ${portionRows}, (SELECT max(id) FROM batch_rows));
  DELETE FROM batch_answers WHERE prompt_hash = '' AND row_id < ${upTo}`
// The type is in the head of a row, so a long answer is not read. `CROSS JOIN` keeps the order.
const selectNewest = `
  SELECT key, id, octet_length(response) AS bytes, 'cached' AS "from" FROM (
    SELECT asked.value AS key, (
      SELECT answer.id FROM batch_answers AS known CROSS JOIN batch_rows AS answer ON answer.id = known.row_id
      WHERE known.prompt_hash = asked.value AND answer.prompt_hash = asked.value
        AND answer.batch_id <> ?2 AND answer.finished_at >= ?3
        AND typeof(answer.response) = 'text'
      ORDER BY known.row_id DESC LIMIT 1) AS found
    FROM json_each(?1) AS asked)
  CROSS JOIN batch_rows ON id = found`

/**
 * The answers that other batches have recorded in llm's log, by the kept hash of their prompt: of
 * several, the newest. Answers that were cut by their length limit are left out.
 *
 * The first search brings `batch_answers` up to date, so that only runs with the cache pay for it.
 * What is recorded after that is not found.
 */
export function cachedAnswers(options: CachedAnswersOptions): FoundAnswers {
  const { database, batchId, cacheAgeMs, clock } = options
  const oldestMs = clock.nowMs() - cacheAgeMs
  const oldest = oldestMs <= 0 ? '' : logDate(oldestMs).slice(0, 19)
  let isUpToDate = false

  return async keys => {
    if (!isUpToDate) await bringUpToDate()
    isUpToDate = true
    return database.all<FoundRow>(selectNewest, [JSON.stringify(keys), batchId, oldest])
  }

  async function bringUpToDate(): Promise<void> {
    let last: number | undefined
    for (;;) {
      const [behind] = await database.all<{ upTo: number | null; newest: number | null }>(
        selectBehind,
      )
      last ??= behind?.newest ?? 0
      if ((behind?.upTo ?? 0) >= last) return
      await database.runScript(addPortion, { prepare: nothing, conclude: nothing })
    }
  }
}

async function nothing(): Promise<void> {}
