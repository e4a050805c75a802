import type { Clock } from '../../port/clock.js'
import { batchLost } from '../batches/batch-lost.js'
import { batchRowStatements } from '../batches/batch-rows.js'
import type { Database, Statements } from '../database/database.js'
import { logDate } from '../database/log-date.js'
import { type LogStatements, logStatements } from '../llm-log/log-statements.js'
import { type EntryChunk, entriesJson, groupsOf } from './entry-chunk.js'
import { logColumns, rowColumns } from './journal-entries.js'

/** Whose entries are written. */
export interface RecordingRun {
  readonly batchId: string
  readonly run: number
  readonly model: string
  /** Whether its answers go to llm's log. */
  readonly isLogged: boolean
  /** Under which this process holds the batch now; the entries may be of a process before it. */
  readonly lease: string | null
}

/** Entries, in their order, and JSON of the values that they share. */
export interface EntryGroup {
  readonly chunks: readonly EntryChunk[]
  readonly shared: Iterable<string>
}

export interface EntryWriter {
  /** Makes llm's tables ready, for a run that logs; gives whether they are those of 0.32 and later. */
  readonly prepareLog: () => Promise<Pick<LogStatements, 'isMessageStore'>>
  /**
   * Writes entries to all tables in one transaction. A second time changes nothing.
   *
   * @throws {BatchError} BATCH_LOST when the lease is no longer in the file; nothing is written then.
   */
  readonly write: (run: RecordingRun, group: EntryGroup) => Promise<void>
  /** @throws {BatchError} BATCH_LOST when the lease is no longer in the file. */
  readonly checkLease: (run: Pick<RecordingRun, 'batchId' | 'lease'>) => Promise<void>
}

const columns = [...rowColumns, ...logColumns]
// Changing where temporary tables are drops them all, as looking up answers does: so they are made when missing.
const createTables = `
  CREATE TEMP TABLE IF NOT EXISTS recording (batch_id, run, model, recorded_at, lease, is_late);
  CREATE TEMP TABLE IF NOT EXISTS shared (kind, hash PRIMARY KEY, content, source);
  CREATE TEMP TABLE IF NOT EXISTS entries (${columns});
  DELETE FROM temp.recording; DELETE FROM temp.shared; DELETE FROM temp.entries;`
const selectLease = 'SELECT 1 FROM batch_runs WHERE id = ? AND lease IS ?'
const insertRecording = 'INSERT INTO temp.recording VALUES (?, ?, ?, ?, ?, NULL)'
const selectRecording = 'SELECT 1 FROM temp.recording'
// Without its lease a run has nothing to write.
const dropUnleased = [
  `DELETE FROM temp.recording WHERE NOT EXISTS (
    SELECT 1 FROM batch_runs WHERE id = recording.batch_id AND lease IS recording.lease)`,
  'DELETE FROM temp.entries WHERE NOT EXISTS (SELECT 1 FROM temp.recording)',
  'DELETE FROM temp.shared WHERE NOT EXISTS (SELECT 1 FROM temp.recording)',
]
const markLate = `
  UPDATE temp.recording SET is_late = EXISTS (
    SELECT 1 FROM batch_runs AS batch WHERE batch.id = recording.batch_id AND batch.run > recording.run)`
const insertShared = `INSERT OR IGNORE INTO temp.shared
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)`

/** Of what is taken apart at once: SQLite keeps several copies of it meanwhile. */
const loadBound = { rows: 2500, bytes: 250_000 }

/** Writes the entries of journals to the database. */
export function entryWriter(database: Database, clock: Clock): EntryWriter {
  let each: Promise<string> | undefined
  let log: Promise<LogStatements> | undefined

  return {
    prepareLog: loggingStatements,
    async write(run, { chunks, shared }) {
      each ??= eachFunction(database)
      const insert = insertEntries(await each, run.isLogged ? columns : rowColumns)
      const logging = run.isLogged ? (await loggingStatements()).statements : []
      const script = [...dropUnleased, markLate, ...batchRowStatements, ...logging].join(';')
      await database.runScript(script, { prepare: load, conclude: checkRecorded })

      async function load(statements: Statements): Promise<void> {
        await statements.exec(createTables)
        const { batchId, run: number, model, lease } = run
        const recordedAt = logDate(clock.nowMs()).slice(0, 19)
        await statements.run(insertRecording, [batchId, number, model, recordedAt, lease])
        await statements.run(insertShared, [`[${[...shared]}]`])
        for (const part of groupsOf(chunks, loadBound)) {
          await statements.run(insert, [entriesJson(part)])
        }
      }

      async function checkRecorded(statements: Statements): Promise<void> {
        const recorded = await statements.all(selectRecording)
        if (recorded.length === 0) throw batchLost(run.batchId)
      }
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

/** `jsonb_each`, where this SQLite has it (from 3.51 on), takes half the time. No list of modules names it before it is used. */
async function eachFunction(database: Database): Promise<'jsonb_each' | 'json_each'> {
  return database.all("SELECT 1 FROM jsonb_each('[]')").then(
    () => 'jsonb_each',
    () => 'json_each',
  )
}

function insertEntries(each: string, names: readonly string[]): string {
  const values = names.map((_, index) => `value ->> ${index}`)
  // Materialized, a long entry is copied once, and not once for each of its cells.
  return `WITH entry AS MATERIALIZED (SELECT value FROM ${each}(CAST(? AS TEXT)))
    INSERT INTO temp.entries (${names}) SELECT ${values} FROM entry`
}
