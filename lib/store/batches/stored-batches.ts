import { BatchError } from '../../error/batch-error.js'
import type { BatchArchive, StoredFailure } from '../../port/batch-archive.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { parseJson } from '../../row/exact-json.js'
import type { Columns } from '../../row/row.js'
import type { ErrorCount } from '../../row/tally.js'
import type { Database } from '../database/database.js'
import type { HolderAliveOptions } from './holder-alive.js'
import {
  type BatchRunRow,
  isHeld,
  selectBatchRun,
  selectBatchRuns,
  storedBatch,
} from './stored-batch-row.js'

type StoredBatches = Omit<BatchArchive, 'requestStop' | 'removeBatches'>

interface FailureRow {
  readonly id: number
  readonly row_index: number
  readonly input_columns: string
  readonly error_code: string
  readonly error_message: string
  readonly attempts: number
}

interface ErrorCountRow extends ErrorCount {
  readonly input_columns: string
}

const newestFirst = 'ORDER BY created_at DESC, rowid DESC'
// In each group, min() gives the id of the row with the least value. Long columns are read for
// these rows only.
const selectErrors = `
  SELECT code, first.error_message AS message, firstRowIndex, count, first.input_columns
  FROM (
    SELECT error_code AS code, id AS firstId, min(row_index) AS firstRowIndex, count(*) AS count
    FROM batch_rows WHERE batch_id = ? AND status = 'failed' GROUP BY error_code)
  JOIN batch_rows AS first ON first.id = firstId
  ORDER BY firstRowIndex`
const selectFailures = `
  SELECT id, row_index, input_columns, error_code, error_message, attempts FROM batch_rows
  WHERE batch_id = ?1 AND status = 'failed' AND (row_index, id) > (?2, ?3)
  ORDER BY row_index, id LIMIT ?4`
const pageRows = 256

export interface StoredBatchesOptions extends HolderAliveOptions {
  readonly database: Database
  /** Returns a batch that nobody holds, with the counts of all its recorded rows. */
  readonly countLeft: (row: BatchRunRow) => Promise<BatchRunRow>
}

/** The reading half of an archive. */
export function storedBatches(options: StoredBatchesOptions): StoredBatches {
  const { database, countLeft, ...alive } = options

  return {
    async listBatches({ status, limit, isRough = false }) {
      const rows = await database.all<BatchRunRow>(`${selectBatchRuns} ${newestFirst}`)
      const chosen = rows
        .filter(row => status === undefined || storedBatch(row, alive).status === status)
        .slice(0, limit)
      const looked: StoredBatch[] = []
      for (const row of chosen)
        looked.push(isRough ? storedBatch(row, alive) : await lookInList(row))
      return looked
    },
    async findBatch(id) {
      const [row] = await database.all<BatchRunRow>(selectBatchRun, [id])
      return row === undefined ? undefined : look(row)
    },
    async listIds() {
      const rows = await database.all<{ id: string }>(`SELECT id FROM batch_runs ${newestFirst}`)
      return rows.map(({ id }) => id)
    },
    async countErrors(id) {
      const errors = await database.all<ErrorCountRow>(selectErrors, [id])
      return errors.map(({ input_columns, ...error }) => ({
        ...error,
        columns: parseJson(input_columns) as Columns,
      }))
    },
    async *readFailures(id) {
      let last = { row_index: -1, id: 0 }
      for (;;) {
        const after = [id, last.row_index, last.id, pageRows]
        const page: readonly FailureRow[] = await database.all<FailureRow>(selectFailures, after)
        yield* page.map(storedFailure)
        const end = page.at(-1)
        if (end === undefined || page.length < pageRows) return
        last = end
      }
    },
  }

  /** A running batch records its own counts. */
  async function look(row: BatchRunRow): Promise<StoredBatch> {
    return storedBatch(isHeld(row, alive) ? row : await countLeft(row), alive)
  }

  /** One unreadable journal must not hide the other batches. */
  async function lookInList(row: BatchRunRow): Promise<StoredBatch> {
    try {
      return await look(row)
    } catch (error) {
      if (BatchError.isInstance(error) && error.code === 'JOURNAL_INVALID')
        return storedBatch(row, alive)
      throw error
    }
  }
}

function storedFailure(row: FailureRow): StoredFailure {
  return {
    rowIndex: row.row_index,
    columns: parseJson(row.input_columns) as Columns,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    attempts: row.attempts,
  }
}
