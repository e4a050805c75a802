import { randomBytes } from 'node:crypto'
import type { BatchPulse, BatchStore, StopRequest } from '../port/batch-store.js'
import type { CallLog, LoggedCall } from '../port/call-log.js'
import type { Database } from '../port/database.js'
import type { FragmentStore } from '../port/fragment-store.js'
import type { Answered, Failed, Outcome } from '../row/outcome.js'
import { beginBatch, type HeldRun, idleWriters, resumeBatch, withdrawBatch } from './batch-lease.js'
import { batchPulse } from './batch-pulse.js'
import { writeBatchRows } from './batch-rows.js'
import { type AnswerClaims, answerClaims } from './claim-answers.js'
import { endHeldRun } from './end-run.js'
import { dropLease, type HolderAliveOptions, keepLease, leaseNamed } from './holder-alive.js'
import { logDate } from './log-date.js'
import { migrateBatchTables } from './migrate.js'
import { monotonicIds } from './monotonic-id.js'
import { openCallLog } from './open-call-log.js'
import { type OpenDatabaseOptions, openDatabase } from './open-database.js'
import { recallFailures } from './recall-failures.js'
import { storedFragments } from './stored-fragments.js'

export interface OpenBatchStoreOptions extends OpenDatabaseOptions, HolderAliveOptions {
  /** Whether answers go to llm's log as well; else its tables are neither made nor touched, and answers are kept only while their batch is unfinished. */
  readonly log: boolean
  /** For ids. */
  readonly randomBytes?: ((count: number) => Uint8Array) | undefined
}

/**
 * Opens the SQLite file that keeps batches, their rows and, unless `log` is false, llm's log; makes it when it is
 * not there. A group is one transaction over all of them.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`; nothing is left open then.
 */
export async function openBatchStore(
  options: OpenBatchStoreOptions,
): Promise<BatchStore & FragmentStore> {
  const database = await openDatabase(options)
  try {
    await migrateBatchTables(database, options.clock)
    // So that what is deleted or overwritten leaves no bytes behind.
    if (!options.log) await database.all('PRAGMA secure_delete = ON')
    const callLog = options.log ? await openCallLog(database, options.clock) : undefined
    return { ...batchStore(database, callLog, options), ...storedFragments(database) }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** What a store knows of a batch that it runs. */
interface OpenRun {
  readonly held: HeldRun
  readonly claims: AnswerClaims
  readonly pulse: (pulse: BatchPulse) => Promise<StopRequest | undefined>
}

function batchStore(
  database: Database,
  callLog: CallLog | undefined,
  options: OpenBatchStoreOptions,
): BatchStore {
  const { clock } = options
  const chance = options.randomBytes ?? randomBytes
  const nextId = monotonicIds({ clock, randomBytes: chance })
  const runs = new Map<string, OpenRun>()
  let runCount = 0

  return {
    path: database.path,
    async beginRun(run) {
      hold(await beginBatch(database, run, { ...options, lease: newLease() }))
    },
    async resumeRun(run) {
      const { before, held } = await resumeBatch(database, run, { ...options, lease: newLease() })
      hold(held)
      return before
    },
    idleWriters: outputFile => idleWriters(database, outputFile, options),
    async withdrawRun(runId) {
      await withdrawBatch(database, runOf('withdrawRun', runId).held)
      forgetRun(runId)
    },
    async record(runId, outcomes) {
      const { held } = runOf('record', runId)
      const finished = outcomes.filter(isNew)
      if (finished.length === 0) return
      const { calls, rows } = recordsOf(held, finished)
      await database.transaction(async statements => {
        await callLog?.write(statements, calls)
        await writeBatchRows(statements, rows)
      })
    },
    recall: async (runId, prompts) => runOf('recall', runId).claims.claim(prompts),
    recallFailures: async (runId, prompts) =>
      recallFailures(database, runOf('recallFailures', runId).held, prompts),
    pulse: async (runId, pulse) => runOf('pulse', runId).pulse(pulse),
    async endRun(runId, status, pulse) {
      const { held, claims } = runOf('endRun', runId)
      await endHeldRun(database, {
        held,
        status,
        pulse,
        claims,
        keepsAnswers: options.log,
        clock,
      })
      forgetRun(runId)
    },
    async close() {
      for (const runId of runs.keys()) forgetRun(runId)
      await database.close()
    },
  }

  function newLease(): string {
    return leaseNamed(Buffer.from(chance(12)).toString('hex'), options)
  }

  function hold(held: HeldRun): void {
    runCount += 1
    const table = `unclaimed_rows_${runCount}`
    const claims = answerClaims({ database, batchId: held.id, run: held.run, table })
    const pulse = batchPulse(database, held, clock)
    keepLease(held.lease)
    runs.set(held.id, { held, claims, pulse })
  }

  function runOf(asked: string, runId: string): OpenRun {
    const run = runs.get(runId)
    if (run === undefined)
      throw new RangeError(`${asked}: no batch ${runId} was begun or resumed here`)
    return run
  }

  function forgetRun(runId: string): void {
    const run = runs.get(runId)
    if (run !== undefined) dropLease(run.held.lease)
    runs.delete(runId)
  }

  function recordsOf({ id, model, run }: HeldRun, finished: readonly (Answered | Failed)[]) {
    const finishedAt = logDate(clock.nowMs())
    const calls: LoggedCall[] = []
    const rows = finished.map(outcome => {
      const call = callLog === undefined ? undefined : loggedCall(outcome, model)
      if (call !== undefined) calls.push(call)
      return { batchId: id, run, outcome, finishedAt, logId: call?.id }
    })
    return { calls, rows }
  }

  /** What goes to llm's log: answered rows alone, as with llm itself. */
  function loggedCall(outcome: Answered | Failed, model: string): LoggedCall | undefined {
    if (outcome.kind !== 'answered') return undefined
    const { prompt, answer } = outcome
    return { threadId: nextId(), id: nextId(), model, prompt, answer }
  }
}

function isNew(outcome: Outcome): outcome is Answered | Failed {
  return outcome.kind !== 'skipped' && outcome.isRecalled !== true
}
