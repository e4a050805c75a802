import { BatchError, runError } from '../../error/batch-error.js'
import {
  createSpillSegment,
  type SpillRange,
  type SpillRecord,
  type SpillSegment,
} from './spill-segment.js'
import { openTemporaryFiles, type TemporaryFiles } from './temporary-files.js'

/**
 * Texts by row index, on disk: what waits there takes no memory, however much it is.
 *
 * Every method may be called at any time; they act in the order of the calls. Errors are
 * BatchErrors of reach `run`, and once there was one, all later calls reject with it.
 */
export interface SpillFile {
  /** Rows put and not yet taken. */
  readonly rows: () => number
  /** Keeps a text. When it gives a promise, put no more until that resolves. */
  readonly put: (index: number, text: string) => Promise<void> | undefined
  /**
   * The rows of a range that were put, in no order. Forgets those whose text it gives; no row may
   * be put again.
   */
  readonly take: (range: SpillRange) => Promise<readonly SpilledText[]>
  /** Leaves nothing behind. May be called twice. */
  readonly close: () => Promise<void>
}

export interface SpilledText {
  readonly index: number
  /** Absent for a text that is longer than was asked for. */
  readonly text: string | undefined
}

export interface SpillFileOptions {
  /** Folder for temporary files. Touched at the first write, not before. */
  readonly folder: string
  /** Bytes gathered before they are written; up to twice as many are held. */
  readonly batchBytes?: number
  /** Bytes of data after which the second segment is begun, once it is free. */
  readonly segmentBytes?: number
}

/**
 * Two segments take turns: while rows go on waiting without a pause, the older one runs empty and
 * is used again, so that the disk holds about what waits now and not all that ever waited.
 */
export function createSpillFile(options: SpillFileOptions): SpillFile {
  const { folder, batchBytes = 262_144, segmentBytes = 16_777_216 } = options
  let files: TemporaryFiles | undefined
  let segments: readonly SpillSegment[] = []
  let current: SpillSegment | undefined
  let batch: SpillRecord[] = []
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
    const open = files
    files = undefined
    await open?.close()
  }

  function flush(): void {
    if (batch.length === 0) return
    const records = batch
    batch = []
    bytesInBatch = 0
    void inTurn(async () => (await segmentToFill()).append(records))
  }

  /** One after the other; after a failure nothing more is tried. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = queue.then(act).catch((error: unknown) => {
      throw BatchError.isInstance(error) ? error : spillFailed(folder, error)
    })
    queue = done
    // Whoever calls next is told; nobody may be listening now.
    done.catch(() => undefined)
    return done
  }

  async function segmentToFill(): Promise<SpillSegment> {
    if (files === undefined) await open()
    const free = segments.find(segment => segment !== current && segment.rows() === 0)
    const isFull = current !== undefined && current.size() >= segmentBytes
    if (current === undefined || (isFull && free !== undefined)) current = free
    if (current === undefined) throw new Error('a spill file without segments')
    return current
  }

  async function open(): Promise<void> {
    files = await openTemporaryFiles({ folder, count: 4 })
    const [data, index, otherData, otherIndex] = files.handles
    if (!data || !index || !otherData || !otherIndex) throw new Error('4 files were asked for')
    segments = [createSpillSegment(data, index), createSpillSegment(otherData, otherIndex)]
  }
}

/**
 * Proves that rows could wait in a folder: found out in the middle of a run, it would end it.
 *
 * @throws {BatchError} OUTPUT_UNWRITABLE; reach run.
 */
export async function checkSpillFolder(folder: string): Promise<void> {
  try {
    await (await openTemporaryFiles({ folder, count: 1 })).close()
  } catch (error) {
    throw spillFailed(folder, error)
  }
}

function spillFailed(folder: string, cause: unknown): BatchError {
  const reason = cause instanceof Object && 'message' in cause ? cause.message : cause
  return runError(
    'OUTPUT_UNWRITABLE',
    `Rows waiting for their turn cannot be kept in ${folder}: ${reason}`,
    'Make room there, set TMPDIR to another folder, or use --unordered, which needs none.',
    cause,
  )
}
