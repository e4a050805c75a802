import type { Duplex } from 'node:stream'
import type { StopSwitch } from '../call/stop-switch.js'
import { BatchError } from '../error/batch-error.js'
import type { Outcome } from '../row/outcome.js'
import { groupStage } from './group-stage.js'
import { charactersOf, type Window } from './window.js'

export type RowHolder = Pick<Outcome, 'row'>

export interface RecordOutcomesOptions {
  /**
   * Makes a group safe before it returns. May return a promise: nothing more should be asked until
   * it resolves. An error ends the run.
   */
  readonly append: (group: readonly Outcome[]) => Promise<void> | undefined
  /** Called with each group once it is safe and more may be asked. */
  readonly release?: ((group: readonly RowHolder[]) => void) | undefined
  /**
   * Gets a stop request if a promise of `append` rejects, so that calls in flight are still
   * recorded. Without it, the stage fails.
   */
  readonly stop?: StopSwitch | undefined
  /** The window shared with `invokeModel`; freed as outcomes are passed on. */
  readonly window?: Window | undefined
  /** Rows that may wait for the reader, if no window is shared. */
  readonly unreadRows?: number
}

/**
 * Groups of Outcomes in, the same groups out once they are recorded: a paid answer is safe before
 * it is shown.
 *
 * With a window, records everything that comes, however slow the reader is. The window and the
 * slots are the brake.
 *
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     const window = createWindow({ rows: 68 })
 *     const append = outcomes => appendFile('outcomes.jsonl', `${JSON.stringify(outcomes)}\n`)
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls, window }),
 *       recordOutcomes({ append, release: calls.release, window }),
 *       writeRows('out.jsonl'),
 *     )
 */
export function recordOutcomes(options: RecordOutcomesOptions): Duplex {
  const { append, release, stop, window, unreadRows = 1024 } = options
  let unread = 0
  /** Groups that wait for room. */
  let held = 0

  const { stage, give, advance } = groupStage<Outcome, Outcome>({
    take(group) {
      try {
        const room = append(group)
        if (room === undefined) release?.(group)
        else void releaseLater(rowsOf(group), room)
      } catch (error) {
        stage.destroy(error as Error)
        return
      }
      unread += group.length
      give(group)
    },
    hasRoom: () => window !== undefined || unread < unreadRows,
    isIdle: () => held === 0,
    onPassed(group) {
      unread -= group.length
      window?.free(group.length, charactersOf(group))
    },
  })
  return stage

  async function releaseLater(group: readonly RowHolder[], room: Promise<void>): Promise<void> {
    held += 1
    try {
      await room
      release?.(group)
    } catch (error) {
      if (stop !== undefined && BatchError.isInstance(error)) stop.request(error)
      else stage.destroy(error as Error)
    }
    held -= 1
    advance()
  }
}

/**
 * The row only: an answer may be large, and must not stay in memory while the database is waited
 * for.
 */
function rowsOf(group: readonly Outcome[]): readonly RowHolder[] {
  return group.map(({ row }) => ({ row }))
}
