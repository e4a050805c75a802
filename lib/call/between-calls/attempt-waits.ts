import type { Clock } from '../../port/clock.js'

/** What waits between two attempts. */
export interface Waiter {
  /** When it is due, on the monotonic clock. */
  dueMs: number
}

export interface AttemptWaitsOptions<Row extends Waiter> {
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  /** Ends all waits when it aborts. */
  readonly ending: AbortSignal
  /** Called when a row is due. */
  readonly onDue: () => void
  /** Called with a row whose wait was ended. */
  readonly onEnded: (row: Row) => void
}

/** Rows between two attempts. They hold no slot. */
export interface AttemptWaits<Row extends Waiter> {
  /** All of them, due or not. */
  readonly waiting: ReadonlySet<Row>
  /** @param ms until the row is due. */
  readonly add: (row: Row, ms: number) => void
  /** Adds a row that is due, and that has found no room. */
  readonly addDue: (row: Row) => void
  readonly isAnyDue: () => boolean
  /** Lets due rows go in their order, as long as `tryEnter` takes them. */
  readonly serve: (tryEnter: (row: Row) => boolean) => void
  readonly remove: (row: Row) => void
  readonly removeDue: () => readonly Row[]
}

export function attemptWaits<Row extends Waiter>(
  options: AttemptWaitsOptions<Row>,
): AttemptWaits<Row> {
  const { clock, ending, onDue, onEnded } = options
  const waiting = new Set<Row>()
  /** Rows whose wait is over and that have no slot yet. */
  const due: Row[] = []
  return {
    waiting,
    add(row, ms) {
      row.dueMs = clock.monotonicMs() + ms
      waiting.add(row)
      clock.sleep(ms, ending).then(
        () => {
          if (ending.aborted) return end(row)
          due.push(row)
          onDue()
        },
        () => end(row),
      )
    },
    addDue(row) {
      row.dueMs = clock.monotonicMs()
      waiting.add(row)
      due.push(row)
    },
    isAnyDue: () => due.length > 0,
    serve(tryEnter) {
      for (let [row] = due; row !== undefined && tryEnter(row); [row] = due) {
        due.shift()
        waiting.delete(row)
      }
    },
    remove: row => void waiting.delete(row),
    removeDue: () => due.splice(0),
  }

  /** Unless the row was removed before its sleep ended. */
  function end(row: Row): void {
    if (waiting.has(row)) onEnded(row)
  }
}
