import { tmpdir } from 'node:os'
import { Duplex } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { Outcome } from '../row/outcome.js'
import { createSpillFile, type SpilledText, type SpillFile } from './spill-file.js'
import { rowTwice } from './spill-segment.js'
import { outcomeOf, outcomeText, trimOutcome } from './spilled-outcome.js'
import type { StopSwitch } from './stop-switch.js'

export interface RestoreOrderOptions {
  /** Makes the place for rows that wait on disk; called at most once, when the first one has to. In the system's temporary folder when absent. */
  readonly spill?: () => SpillFile
  /** Rows that may wait in memory. */
  readonly windowRows?: number
  /** Asked to stop the run when the disk fails, so that calls in flight are still recorded; the stage then lets go of all rows. Without it, the stage fails. */
  readonly stop?: StopSwitch
}

/**
 * Outcomes in as they end, the same outcomes out in input order: row index 0, 1, 2, …, each exactly once.
 *
 * A row that is late delays the rows after it, and nobody else: they are accepted all the same, and wait,
 * in memory while they are among the next `windowRows`, on disk otherwise. A row is refused only while the
 * next one is here and the reader is not taking it. What comes out is trimmed (`trimOutcome`), wherever it waited.
 *
 * Errors, all of reach run: ROWS_NOT_CONSERVED for a row that came twice or not at all; those of the spill file.
 */
export function restoreOrder(options: RestoreOrderOptions = {}): Duplex {
  const { spill = spillToTemporaryFolder, windowRows = 256, stop } = options
  const waiting = new Map<number, Outcome>()
  /** Index of the row that is next to go out. */
  let head = 0
  /**
   * Rows below wait in memory, the others on disk. Once the disk has been asked for a window of
   * rows, later ones of that window stay in memory, so no row can be overlooked on disk.
   */
  let windowEnd = windowRows
  let spilled: SpillFile | undefined
  /** A read that was asked for must be answered by a push, however full the buffer looks: Node asks only once. */
  let isReaderReady = false
  let isTaking = false
  let isLost = false
  let acceptNext: (() => void) | undefined
  let finish: (() => void) | undefined

  const stage = new Duplex({
    objectMode: true,
    write(outcome: Outcome, _encoding, done) {
      try {
        if (isLost) done()
        else receive(outcome, done)
      } catch (error) {
        done(error as Error)
      }
    },
    final(done) {
      if (isLost) return end(done)
      finish = done
      advance()
    },
    read() {
      isReaderReady = true
      advance()
    },
    destroy(error, done) {
      const closed = spilled?.close() ?? Promise.resolve()
      closed.then(
        () => done(error),
        closeError => done(error ?? closeError),
      )
    },
  })
  return stage

  function receive(outcome: Outcome, done: () => void): void {
    const { index } = outcome.row
    if (index < head || waiting.has(index)) throw rowTwice(index)
    if (index < windowEnd) {
      waiting.set(index, trimOutcome(outcome))
    } else {
      spilled ??= spill()
      const room = spilled.put(index, outcomeText(trimOutcome(outcome)))
      if (room !== undefined) {
        acceptWhen(room, done)
        return
      }
    }
    acceptAfter(done)
  }

  function acceptWhen(room: Promise<void>, done: () => void): void {
    room.then(
      () => acceptAfter(done),
      error => {
        fail(error)
        if (isLost) done()
      },
    )
  }

  function acceptAfter(done: () => void): void {
    acceptNext = done
    advance()
  }

  function advance(): void {
    if (stage.destroyed || isLost) return
    pushReady()
    if (spilledRows() === 0) windowEnd = Math.max(windowEnd, head + windowRows)
    else if (head === windowEnd && !isTaking) takeNextWindow(spilled as SpillFile)
    acceptOrWait()
    if (finish !== undefined && !isTaking) endOrWait(finish)
  }

  function pushReady(): void {
    while (isReaderReady) {
      const outcome = waiting.get(head)
      if (outcome === undefined) return
      waiting.delete(head)
      head += 1
      isReaderReady = false
      if (stage.push(outcome)) isReaderReady = true
    }
  }

  function takeNextWindow(file: SpillFile): void {
    isTaking = true
    const from = windowEnd
    windowEnd += windowRows
    file.take(from, windowRows).then(admit).catch(fail)
  }

  function admit(records: readonly SpilledText[]): void {
    isTaking = false
    for (const { index, text } of records) {
      if (waiting.has(index)) throw rowTwice(index)
      waiting.set(index, outcomeOf(text))
    }
    advance()
  }

  function acceptOrWait(): void {
    const isHeadHere = waiting.has(head) || isTaking
    if (acceptNext === undefined || (isHeadHere && !isReaderReady)) return
    const accept = acceptNext
    acceptNext = undefined
    accept()
  }

  function endOrWait(finished: () => void): void {
    if (waiting.size === 0 && spilledRows() === 0) {
      end(finished)
    } else if (!waiting.has(head)) {
      fail(rowMissing(head))
    }
  }

  function spilledRows(): number {
    return spilled?.rows() ?? 0
  }

  function end(finished: () => void): void {
    finish = undefined
    stage.push(null)
    finished()
  }

  function fail(error: Error): void {
    const isDiskFault = BatchError.isInstance(error) && error.code === 'OUTPUT_UNWRITABLE'
    if (stop === undefined || !isDiskFault) {
      stage.destroy(error)
      return
    }
    stop.request(error)
    isLost = true
    waiting.clear()
    acceptNext?.()
    if (finish !== undefined) end(finish)
  }
}

function spillToTemporaryFolder(): SpillFile {
  return createSpillFile({ folder: tmpdir() })
}

/** A bug of a stage before: every row has an outcome. */
function rowMissing(index: number): BatchError {
  return new BatchError(`Row ${index} was read, but has no outcome`, {
    code: 'ROWS_NOT_CONSERVED',
    reach: 'run',
  })
}
