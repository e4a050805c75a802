import type { ReuseKind } from '../../row/outcome.js'
import type { Database } from '../database/database.js'
import { temporaryOnDisk } from '../database/temporary-on-disk.js'

/** A recorded answer to a prompt. */
export interface FoundRow {
  /** The kept hash of the prompt. */
  readonly key: string
  readonly id: number
  /** Bytes of the text. */
  readonly bytes: number
  readonly from: ReuseKind
}

/** Finds answers by the kept hashes of prompts, each given once. */
export type FoundAnswers = (keys: readonly string[]) => Promise<readonly FoundRow[]>

export interface OwnAnswersOptions {
  readonly database: Database
  readonly batchId: string
  /** Unique name of the temporary table: statements with the name are kept prepared. */
  readonly table: string
}

export interface OwnAnswers {
  readonly find: FoundAnswers
  /** Call this when rows of the batch were written. */
  readonly outdate: () => void
}

const selectNewestId = 'SELECT max(id) AS newest FROM batch_rows'

/**
 * The answers of one batch, of all its runs, by the kept hash of their prompt.
 *
 * The hashes are in a temporary table on disk, which has one entry for each prompt, and which other
 * processes neither see nor wait for. An index of all rows would make every recorded row dearer.
 */
export function ownAnswers({ database, batchId, table }: OwnAnswersOptions): OwnAnswers {
  const sql = statementsOn(table)
  /** The last row that the table knows. */
  let upTo: number | undefined
  let isOutdated = true

  return {
    async find(keys) {
      if (isOutdated) await bringUpToDate()
      return database.all<FoundRow>(sql.select, [JSON.stringify(keys)])
    },
    outdate() {
      isOutdated = true
    },
  }

  async function bringUpToDate(): Promise<void> {
    isOutdated = false
    if (upTo === undefined) await database.exec(sql.create)
    const [last] = await database.all<{ newest: number | null }>(selectNewestId)
    const newest = last?.newest ?? 0
    if (upTo === undefined) await database.run(sql.addAll, [batchId, newest])
    else await database.run(sql.addLater, [batchId, newest, upTo])
    upTo = newest
  }
}

function statementsOn(table: string) {
  // In the order of the table, so that each page is written once.
  const add = (where: string) => `
    INSERT OR IGNORE INTO ${table} (key, id)
    SELECT prompt_hash, id FROM batch_rows
    WHERE ${where} AND status = 'answered' AND typeof(response) = 'text' AND prompt_hash <> ''
    ORDER BY prompt_hash, id`
  return {
    create: `
      ${temporaryOnDisk}
      CREATE TEMP TABLE ${table} (key TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID`,
    addAll: add('batch_id = ?1 AND id <= ?2'),
    // The plus sign makes SQLite look at the latest rows only, not at all rows of the batch.
    addLater: add('+batch_id = ?1 AND id > ?3 AND id <= ?2'),
    // An answer from the cache stays one for all rows of the batch.
    select: `
      SELECT known.key, answer.id, octet_length(response) AS bytes,
        iif(reuse = 'cached', 'cached', 'equal') AS "from"
      FROM json_each(?1) AS asked
      CROSS JOIN ${table} AS known ON known.key = asked.value
      CROSS JOIN batch_rows AS answer ON answer.id = known.id
      WHERE answer.prompt_hash = known.key AND typeof(response) = 'text'`,
  }
}
