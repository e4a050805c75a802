import type { Duplex } from 'node:stream'
import type { StopSwitch } from '../call/stop-switch.js'
import { BatchError } from '../error/batch-error.js'
import type { Outcome } from '../row/outcome.js'
import { groupStage } from './group-stage.js'
import { charactersOf, type Window } from './window.js'

type RowHolder = Pick<Outcome, 'row'>

export interface RecordOutcomesOptions {
  /**
   * Makes a group safe before it returns. A promise that it gives says that nothing more should be
   * asked until that resolves; what it throws or rejects with ends the run.
   */
  readonly append: (group: readonly Outcome[]) => Promise<void> | undefined
  /**
   * Called with the rows of each group once it is safe, and nothing keeps more from being asked.
   */
  readonly release?: ((group: readonly RowHolder[]) => void) | undefined
  /**
   * Asked to stop the run when a promise of `append` rejects, so that calls in flight are still
   * recorded; else the stage fails.
   */
  readonly stop?: StopSwitch | undefined
  /** The window that `invokeModel` shares; freed as outcomes are passed on. */
  readonly window?: Window | undefined
  /** Rows that may wait for the reader, where no window is shared. */
  readonly unreadRows?: number
}

/**
 * Groups of Outcomes in, the same groups out, once they are recorded: a paid answer is safe before
 * it is shown.
 *
 * Records whatever the reader does: with a window, all that comes. Then the window and the slots of
 * the calls are the brake, and never the record.
 */
export function recordOutcomes(options: RecordOutcomesOptions): Duplex {
  const { append, release, stop, window, unreadRows = 1024 } = options
  let unread = 0
  /** Groups for which there is no room yet. */
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

/** Without the answers, which may be large, and are not held while the database is waited for. */
function rowsOf(group: readonly Outcome[]): readonly RowHolder[] {
  return group.map(({ row }) => ({ row }))
}
