import type { Duplex } from 'node:stream'
import type { Clock } from '../port/clock.js'
import type { Outcome } from '../row/outcome.js'
import { holdingStage } from './holding-stage.js'

export interface RecordOutcomesOptions {
  /** Resolves once the group is safe. */
  readonly record: (group: readonly Outcome[]) => Promise<void>
  readonly clock: Clock
  /** Most outcomes of one group. */
  readonly groupRows?: number
  /** As many are recorded without waiting for more. */
  readonly dueRows?: number
  /** Longest that an outcome waits for others to be recorded with. */
  readonly groupMs?: number
}

/**
 * Outcome in, the same Outcome out, in the same order, once it is recorded: a paid answer is safe before it is shown.
 *
 * Groups form while the one before is being written, so the slower the disk, the larger the groups.
 * Holds at most four groups, and records them whether or not anybody reads. Errors: a rejection of `record` destroys the stage with it.
 */
export function recordOutcomes(options: RecordOutcomesOptions): Duplex {
  const { record, clock, groupRows = 256, dueRows = groupRows, groupMs = 50 } = options
  const ended = new AbortController()
  const waiting: Outcome[] = []
  let oldestMs = 0
  let writing: Promise<void> | undefined
  let isTimed = false
  let hasFailed = false

  const { stage, give, unread, advance } = holdingStage<Outcome, Outcome>({
    take(outcome) {
      if (waiting.length === 0) oldestMs = clock.monotonicMs()
      waiting.push(outcome)
    },
    hasRoom: (): boolean => waiting.length + unread() < groupRows * 3,
    isIdle: () => waiting.length === 0 && writing === undefined,
    work: writeWhenDue,
    async letGo() {
      ended.abort()
      await recordRest()
    },
  })
  return stage

  function writeWhenDue(isInputOver: boolean): void {
    if (waiting.length === 0 || writing !== undefined) return
    if (isInputOver || waiting.length >= dueRows || waitedMs() >= groupMs) writing = writeGroup()
    else void wakeWhenDue()
  }

  async function writeGroup(): Promise<void> {
    const group = waiting.splice(0, groupRows)
    oldestMs = clock.monotonicMs()
    try {
      await record(group)
    } catch (error) {
      hasFailed = true
      stage.destroy(error as Error)
      return
    }
    writing = undefined
    give(group)
  }

  function waitedMs(): number {
    return clock.monotonicMs() - oldestMs
  }

  async function wakeWhenDue(): Promise<void> {
    if (isTimed) return
    isTimed = true
    try {
      await clock.sleep(groupMs - waitedMs(), ended.signal)
    } catch {
      return // The stage is gone.
    }
    isTimed = false
    advance()
  }

  /** Answers that came before an abort are paid like all others. */
  async function recordRest(): Promise<void> {
    await writing
    if (waiting.length === 0 || hasFailed) return
    await record(waiting.splice(0)).catch(() => {
      // The error that destroyed the stage is the one to tell.
    })
  }
}
