import type { FileHandle } from 'node:fs/promises'
import { openTemporaryFile } from '../../disk/open-temporary-file.js'
import { BatchError, runError } from '../../error/batch-error.js'
import {
  createSpillSegment,
  type SpilledRow,
  type SpillRange,
  type SpillSegment,
} from './spill-segment.js'

/**
 * Texts by row index on disk. They take no memory, however many wait.
 *
 * Methods may be called at any time, and act in the order of the calls. Errors are BatchErrors of
 * reach `run`. After an error, all later calls reject with it.
 */
export interface SpillFile {
  /** Rows that were put and not taken. */
  readonly rows: () => number
  /** Keeps a text. If this returns a promise, put no more until it resolves. */
  readonly put: (index: number, text: string) => Promise<void> | undefined
  /**
   * Takes the rows of a range, in no order. Rows with a text are removed from the file; no row may
   * be put again.
   */
  readonly take: (range: SpillRange) => Promise<readonly SpilledText[]>
  /** Removes the files. May be called twice. */
  readonly close: () => Promise<void>
}

export interface SpilledText {
  readonly index: number
  /** Absent for a text that is longer than the limit. */
  readonly text: string | undefined
}

/**
 * Two segments take turns: while new rows go to one, the other runs empty and can be used again. So
 * the disk holds about the rows that wait now, not all rows that ever waited.
 *
 * @param folder for temporary files; not touched before the first write.
 * @param batchBytes bytes gathered for one write. Up to twice as many are in memory.
 * @param segmentBytes bytes of text after which the other segment is used, if it is free.
 */
export function createSpillFile(
  folder: string,
  batchBytes = 262_144,
  segmentBytes = 16_777_216,
): SpillFile {
  const files: FileHandle[] = []
  let segments: readonly SpillSegment[] = []
  let current: SpillSegment | undefined
  let batch: SpilledRow[] = []
  let bytesInBatch = 0
  let rows = 0
  let queue: Promise<unknown> = Promise.resolve()
  return { rows: () => rows, put, take, close }

  function put(index: number, text: string): Promise<void> | undefined {
    const bytes = Buffer.from(text)
    batch.push({ index, bytes })
    bytesInBatch += bytes.length
    rows += 1
    if (bytesInBatch < batchBytes) return undefined
    const before = queue.then(() => undefined)
    flush()
    return before
  }

  function take(range: SpillRange): Promise<readonly SpilledText[]> {
    flush()
    return inTurn(async () => {
      const found: SpilledText[] = []
      for (const segment of segments) {
        if (segment.rows() === 0) continue
        for (const { index, bytes } of await segment.take(range)) {
          found.push({ index, text: bytes?.toString() })
          if (bytes !== undefined) rows -= 1
        }
      }
      return found
    })
  }

  async function close(): Promise<void> {
    await queue.catch(() => undefined)
    await Promise.all(files.splice(0).map(file => file.close()))
  }

  function flush(): void {
    if (batch.length === 0) return
    const added = batch
    batch = []
    bytesInBatch = 0
    void inTurn(async () => (await segmentToFill()).append(added))
  }

  /** Runs tasks one after another. After a failure, no further task runs. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = queue.then(act).catch((error: unknown) => {
      throw BatchError.isInstance(error) ? error : spillFailed(folder, error)
    })
    queue = done
    // The next caller gets the error. There may be no listener now.
    done.catch(() => undefined)
    return done
  }

  async function segmentToFill(): Promise<SpillSegment> {
    if (segments.length === 0) await open()
    const free = segments.find(segment => segment !== current && segment.rows() === 0)
    const isFull = current !== undefined && current.size() >= segmentBytes
    if (current === undefined || (isFull && free !== undefined)) current = free
    if (current === undefined) throw new Error('a spill file without segments')
    return current
  }

  async function open(): Promise<void> {
    segments = [await openSegment(), await openSegment()]
  }

  async function openSegment(): Promise<SpillSegment> {
    const data = await openTemporaryFile(folder)
    files.push(data)
    const index = await openTemporaryFile(folder)
    files.push(index)
    return createSpillSegment(data, index)
  }
}

/**
 * Checks that a folder can take waiting rows, so that this does not fail in the middle of a run.
 *
 * @throws {BatchError} OUTPUT_UNWRITABLE; reach run.
 */
export async function checkSpillFolder(folder: string): Promise<void> {
  try {
    await (await openTemporaryFile(folder)).close()
  } catch (error) {
    throw spillFailed(folder, error)
  }
}

function spillFailed(folder: string, cause: unknown): BatchError {
  const reason = cause instanceof Object && 'message' in cause ? cause.message : cause
  return runError(
    'OUTPUT_UNWRITABLE',
    `Cannot keep waiting rows in ${folder}: ${reason}`,
    'Free some space there, set TMPDIR to another folder, or use --unordered, which needs no folder.',
    cause,
  )
}
