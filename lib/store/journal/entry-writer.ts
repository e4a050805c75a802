import type { Spend } from '../../port/batch-store.js'
import type { Clock } from '../../port/clock.js'
import { batchLost } from '../batches/batch-lost.js'
import { batchRowStatements } from '../batches/batch-rows.js'
import type { Database, Statements } from '../database/database.js'
import { logDate } from '../database/log-date.js'
import { type LogStatements, logStatements } from '../llm-log/log-statements.js'
import { type EntryChunk, entriesJson, groupsOf } from './entry-chunk.js'
import { logColumns, rowColumns, toolColumns } from './entry-columns.js'
import { isToolJson } from './shared-values.js'

/** The run whose entries are written. */
export interface RecordingRun {
  readonly batchId: string
  readonly run: number
  readonly model: string
  /** Whether the run's answers go to llm's log. */
  readonly isLogged: boolean
  /** This process's lease of the batch. The entries may be of an earlier process. */
  readonly lease: string | null
}

/** Entries in order, and the JSON of the values that they share. */
export interface EntryGroup {
  readonly chunks: readonly EntryChunk[]
  readonly shared: Iterable<string>
}

export interface EntryWriter {
  /**
   * Prepares llm's tables for a run that logs. Returns whether they are those of llm 0.32 and
   * later.
   */
  readonly prepareLog: () => Promise<Pick<LogStatements, 'isMessageStore'>>
  /**
   * Writes entries to all tables in one transaction. To write entries again changes nothing.
   *
   * @throws {BatchError} BATCH_LOST if the lease is no longer in the database; then nothing is
   * written.
   */
  readonly write: (run: RecordingRun, group: EntryGroup) => Promise<void>
  /**
   * Writes the spend that a run left. The spend of a run that is not the last one is late, and
   * left out: the last run has counted the most that could become of that spend.
   */
  readonly writeSpend: (
    run: Pick<RecordingRun, 'batchId' | 'run' | 'lease'>,
    spend: Spend,
  ) => Promise<void>
  /** @throws {BatchError} BATCH_LOST if the lease is no longer in the database. */
  readonly checkLease: (run: Pick<RecordingRun, 'batchId' | 'lease'>) => Promise<void>
}

const logged = [...rowColumns, ...logColumns]
const withTools = [...logged, ...toolColumns]
// Created if missing: looking up answers moves temporary tables to disk, which drops all of them.
const createTables = `
  CREATE TEMP TABLE IF NOT EXISTS recording (batch_id, run, model, recorded_at, lease, is_late);
  CREATE TEMP TABLE IF NOT EXISTS shared (kind, hash PRIMARY KEY, content, source);
  CREATE TEMP TABLE IF NOT EXISTS entries (${withTools});
  DELETE FROM temp.recording; DELETE FROM temp.shared; DELETE FROM temp.entries;`
const selectLease = 'SELECT 1 FROM batch_runs WHERE id = ? AND lease IS ?'
const insertRecording = 'INSERT INTO temp.recording VALUES (?, ?, ?, ?, ?, NULL)'
const selectRecording = 'SELECT 1 FROM temp.recording'
// Selects nothing without the lease, so nothing is written then.
const dropUnleased = [
  `DELETE FROM temp.recording WHERE NOT EXISTS (
    SELECT 1 FROM batch_runs WHERE id = recording.batch_id AND lease IS recording.lease)`,
  'DELETE FROM temp.entries WHERE NOT EXISTS (SELECT 1 FROM temp.recording)',
  'DELETE FROM temp.shared WHERE NOT EXISTS (SELECT 1 FROM temp.recording)',
]
const markLate = `
  UPDATE temp.recording SET is_late = EXISTS (
    SELECT 1 FROM batch_runs AS batch WHERE batch.id = recording.batch_id AND batch.run > recording.run)`
// The cost may have been recorded later than the spend, but never earlier.
const updateSpend = `
  UPDATE batch_runs SET cost_usd = max(coalesce(cost_usd, 0), ?1), unsettled_usd = ?2
  WHERE id = ?3 AND run = ?4 AND lease IS ?5`
const insertShared = `INSERT OR IGNORE INTO temp.shared
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`

/** Bytes that are parsed at once. SQLite holds several copies meanwhile. */
const loadBound = { rows: 2500, bytes: 250_000 }

/** Writes entries of journals to the database. */
export function entryWriter(database: Database, clock: Clock): EntryWriter {
  let each: Promise<string> | undefined
  let log: Promise<LogStatements> | undefined

  return {
    prepareLog: loggingStatements,
    async write(run, { chunks, shared: given }) {
      each ??= eachFunction(database)
      const shared = [...given]
      // Only a group with tools pays for what tools need.
      const hasTools = shared.some(isToolJson)
      const columns = hasTools ? withTools : logged
      const insert = insertEntries(await each, run.isLogged ? columns : rowColumns)
      const log = run.isLogged ? await loggingStatements() : undefined
      const logging = (hasTools ? log?.withTools : log?.statements) ?? []
      const script = [...dropUnleased, markLate, ...batchRowStatements, ...logging].join(';')
      await database.runScript(script, { prepare: load, conclude: checkRecorded })

      async function load(statements: Statements): Promise<void> {
        await statements.exec(createTables)
        const { batchId, run: number, model, lease } = run
        const recordedAt = logDate(clock.nowMs()).slice(0, 19)
        await statements.run(insertRecording, [batchId, number, model, recordedAt, lease])
        await statements.run(insertShared, [`[${shared}]`])
        for (const part of groupsOf(chunks, loadBound)) {
          await statements.run(insert, [entriesJson(part)])
        }
      }

      async function checkRecorded(statements: Statements): Promise<void> {
        const recorded = await statements.all(selectRecording)
        if (recorded.length === 0) throw batchLost(run.batchId)
      }
    },
    async writeSpend({ batchId, run, lease }, { settledUsd, unsettledUsd }) {
      await database.run(updateSpend, [settledUsd, unsettledUsd, batchId, run, lease])
    },
    checkLease: run => checkLease(database, run),
  }

  function loggingStatements(): Promise<LogStatements> {
    log ??= logStatements(database, clock)
    log.catch(() => {
      log = undefined
    })
    return log
  }
}

async function checkLease(
  statements: Statements,
  { batchId, lease }: Pick<RecordingRun, 'batchId' | 'lease'>,
): Promise<void> {
  const held = await statements.all(selectLease, [batchId, lease])
  if (held.length === 0) throw batchLost(batchId)
}

/**
 * `jsonb_each` (SQLite 3.51 and later) takes half the time. SQLite lists the module only after its
 * first use, so it is tried.
 */
async function eachFunction(database: Database): Promise<'jsonb_each' | 'json_each'> {
  return database.all("SELECT 1 FROM jsonb_each('[]')").then(
    () => 'jsonb_each',
    () => 'json_each',
  )
}

function insertEntries(each: string, names: readonly string[]): string {
  const values = names.map((_, index) => `value ->> ${index}`)
  // Materialized, so that a long entry is copied once, not once for each cell.
  return `WITH entry AS MATERIALIZED (SELECT value FROM ${each}(CAST(? AS TEXT)))
    INSERT INTO temp.entries (${names}) SELECT ${values} FROM entry`
}
