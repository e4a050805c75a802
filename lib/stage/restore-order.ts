import { tmpdir } from 'node:os'
import type { Duplex } from 'node:stream'
import type { StopSwitch } from '../call/stop-switch.js'
import { BatchError, runError } from '../error/batch-error.js'
import type { RowForm } from '../port/row-sink.js'
import type { Outcome } from '../row/outcome.js'
import { outcomeForm } from '../sink/document/outcome-form.js'
import { groupStage } from './group-stage.js'
import { createSpillFile, type SpilledText, type SpillFile } from './spill/spill-file.js'
import { rowTwice, type SpillRange } from './spill/spill-segment.js'

export interface RestoreOrderOptions {
  /**
   * Makes the file for rows that wait on disk. Called at most once, for the first such row. If
   * absent, the file is in the system's temporary folder.
   */
  readonly spill?: () => SpillFile
  /** Most rows in memory, and in one group of the output. */
  readonly windowRows?: number
  /** Most bytes of these rows. */
  readonly windowBytes?: number
  /**
   * Gets a stop request if the disk fails, so that calls in flight are still recorded; the stage
   * then drops all rows. Without it, the stage fails.
   */
  readonly stop?: StopSwitch
}

/** Characters after which a group of the output is closed. */
const groupLength = 1_048_576
/** Stands for a row of the next rows that is on disk, because it is long. */
const onDisk = Symbol('on disk')

/**
 * Groups of rows in, as they end; the same rows out in groups, in input order: row index 0,
 * 1, 2, …, each once.
 *
 * A late row delays the output of later rows, and nothing else: later rows are accepted and wait,
 * in memory if they are among the next `windowRows` and short, else on disk. The stage takes no
 * group only while a ready group waits for the reader.
 *
 * Errors of reach run: ROWS_NOT_CONSERVED for a row that came twice or never, and errors of the
 * spill file.
 *
 * @param form of the rows. If absent, the rows are Outcomes, and come out as `outcomeForm`
 * makes them.
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls }),
 *       restoreOrder(),
 *       writeRows('out.csv'),
 *     )
 */
export function restoreOrder(form?: RowForm<unknown>, options: RestoreOrderOptions = {}): Duplex {
  const {
    spill = spillToTemporaryFolder,
    windowRows = 256,
    windowBytes = 16_777_216,
    stop,
  } = options
  const { indexOf, lengthOf, toText, fromText } = form ?? outcomeForm
  /** A character has at most two bytes. */
  const mostLength = windowBytes / windowRows / 2
  /** Records in order that the reader has not asked for yet. */
  let ready: unknown[] = []
  /** Later rows, by index. */
  const waiting = new Map<number, unknown>()
  /** How many later rows are on disk. */
  let longRows = 0
  /** Index of the next row. */
  let head = 0
  /**
   * Rows below this index wait in memory, others on disk. After a window of rows was read from the
   * disk, rows of that window that come later stay in memory, so no row on disk is missed.
   */
  let windowEnd = windowRows
  let spilled: SpillFile | undefined
  let isTaking = false
  /** Resolves when the disk has room again; absent while there is room. */
  let diskRoom: Promise<void> | undefined
  let isLost = false

  const { stage, give, unread, advance } = groupStage<unknown, unknown>({
    take: group => guard(() => receive(group)),
    hasRoom,
    isIdle,
    work,
    letGo: () => spilled?.close().catch(() => {}), // Its files have no names.
  })
  return stage

  function receive(group: readonly unknown[]): void {
    if (isLost) return
    for (const given of group) {
      const row = form === undefined ? outcomeForm.make(given as Outcome) : given
      const index = indexOf(row)
      if (index < head || waiting.has(index)) throw rowTwice(index)
      if (index > head) keep(index, row)
      else {
        ready.push(row)
        moveHead(head + 1)
      }
    }
  }

  function moveHead(to: number): void {
    head = to
    for (let row = waiting.get(head); row !== undefined; row = waiting.get(head)) {
      if (row === onDisk) break
      waiting.delete(head)
      ready.push(row)
      head += 1
    }
    if (rowsBeyond() === 0) windowEnd = Math.max(windowEnd, head + windowRows)
  }

  function keep(index: number, row: unknown): void {
    if (index < windowEnd) {
      const isLong = lengthOf(row) > mostLength
      waiting.set(index, isLong ? onDisk : row)
      if (!isLong) return
      longRows += 1
    }
    spilled ??= spill()
    const room = spilled.put(index, toText(row))
    if (room !== undefined) waitForDisk(room)
  }

  /** A group may fill the buffer for the disk more than once. The last promise counts. */
  function waitForDisk(room: Promise<void>): void {
    diskRoom = room
    room.then(() => {
      if (diskRoom !== room) return
      diskRoom = undefined
      advance()
    }, fail)
  }

  /** Rows on disk that are not among the next rows. */
  function rowsBeyond(): number {
    return (spilled?.rows() ?? 0) - longRows
  }

  function work(): void {
    if (isLost || unread() > 0) return
    if (ready.length > 0) give(ready.splice(0, rowsOfGroup()))
    else if (spilled !== undefined && !isTaking) lookOnDisk(spilled)
  }

  function rowsOfGroup(): number {
    let length = 0
    let rows = 0
    while (rows < ready.length && rows < windowRows && length < groupLength) {
      length += lengthOf(ready[rows])
      rows += 1
    }
    return rows
  }

  function lookOnDisk(file: SpillFile): void {
    if (waiting.get(head) === onDisk) {
      look(file, { from: head, count: 1 })
    } else if (head >= windowEnd && rowsBeyond() > 0) {
      const from = windowEnd
      windowEnd = head + windowRows
      look(file, { from, count: windowEnd - from, mostBytes: mostLength })
    }
  }

  function look(file: SpillFile, range: SpillRange): void {
    isTaking = true
    file.take(range).then(texts => {
      isTaking = false
      guard(() => admit(texts))
      advance()
    }, fail)
  }

  function admit(texts: readonly SpilledText[]): void {
    if (isLost) return
    for (const { index, text } of texts) {
      if (waiting.get(index) === onDisk) longRows -= 1
      else if (index < head || waiting.has(index)) throw rowTwice(index)
      if (text === undefined) longRows += 1
      waiting.set(index, text === undefined ? onDisk : fromText(index, text))
    }
    moveHead(head)
  }

  /** While the disk is read and the reader still has a group, no further read is needed. */
  function hasRoom(): boolean {
    const isReaderBusy = unread() > 0 || ready.length > 0 || (isTaking && stage.readableLength > 0)
    return isLost || !(isReaderBusy || diskRoom !== undefined)
  }

  /** Called after the end of the input, when everything ready is read. */
  function isIdle(): boolean {
    if (isTaking) return isLost
    const isMissing = waiting.size > 0 || rowsBeyond() > 0
    if (isMissing && !isLost) fail(rowMissing(head))
    return isLost || !isMissing
  }

  function guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      fail(error as Error)
    }
  }

  function fail(error: Error): void {
    const isDiskFault = BatchError.isInstance(error) && error.code === 'OUTPUT_UNWRITABLE'
    if (stop === undefined || !isDiskFault) {
      stage.destroy(error)
      return
    }
    isLost = true
    ready = []
    waiting.clear()
    stop.request(error)
    advance()
  }
}

function spillToTemporaryFolder(): SpillFile {
  return createSpillFile(tmpdir())
}

/** A bug in an earlier stage: every row must have an outcome. */
function rowMissing(index: number): BatchError {
  return runError('ROWS_NOT_CONSERVED', `Row ${index} was read, but has no outcome`)
}
