import type { BatchPulse } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'
import type { Database } from '../port/database.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { HeldRun } from './batch-lease.js'
import { giveBackLease, writeCounts } from './batch-pulse.js'
import type { AnswerClaims } from './claim-answers.js'
import { recordedRows } from './recorded-counts.js'

export interface EndHeldRunOptions {
  readonly held: HeldRun
  readonly status: BatchStatus
  /** The last counts. */
  readonly pulse: BatchPulse
  readonly claims: AnswerClaims
  /** Whether answers outlive the batch. */
  readonly keepsAnswers: boolean
  readonly clock: Clock
}

const forgetAnswers = 'UPDATE batch_rows SET response = NULL WHERE batch_id = ?'

/** Nor must another input; and what comes from standard input may be anything. */
function isSameInput({ before, inputFile }: HeldRun): boolean {
  return inputFile !== '-' && before?.input_file === inputFile
}

/**
 * Ends a run, and when that completes the batch, forgets what nobody needs any more, in the same transaction: killed
 * before its end, the batch is unfinished and has all its answers. Does nothing when another process took the batch.
 */
export async function endHeldRun(database: Database, options: EndHeldRunOptions): Promise<void> {
  const { held, status, pulse, claims, keepsAnswers, clock } = options
  const isWhole = status === 'completed'
  const isForgetting = isWhole && !keepsAnswers
  await database.transaction(async statements => {
    // One that went on with a batch and has not come to its end knows its own rows alone.
    const isTold = isWhole || held.before === undefined
    const rows = isTold ? pulse.tally : await recordedRows(statements, held.id)
    await writeCounts(statements, { held, rows }, pulse)
    const isOurs = await giveBackLease(statements, held, { status, clock })
    if (!isOurs || !isWhole) return
    // An input emptied by mistake, of which no row was looked up, must not cost the answers.
    if (claims.hasBegun()) await claims.forgetUnclaimed(statements, { answers: isSameInput(held) })
    if (isForgetting) await statements.run(forgetAnswers, [held.id])
  })
  // What was overwritten is still in the journal until that is emptied.
  if (isForgetting) await database.all('PRAGMA wal_checkpoint(TRUNCATE)')
}
