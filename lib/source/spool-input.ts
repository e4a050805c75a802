import { Readable } from 'node:stream'
import { openTemporaryFile } from '../disk/open-temporary-file.js'
import { writeWhole } from '../disk/write-whole.js'
import { runError } from '../error/batch-error.js'

/** A stream that can be read again from its start, by one reader after another. */
export interface SpooledInput {
  /** Opens a reader: first what earlier readers have read, then the rest of the stream. */
  readonly open: () => Readable
  /** Gives the disk back. Readers that are still open fail. */
  readonly close: () => Promise<void>
}

/** A pipe may be endless; a disk is not. */
const mostSpooled = 16 * 1024 ** 3
const pieceBytes = 256 * 1024

/**
 * Keeps what is read of a stream in a temporary file. Nothing is read before a reader asks, so that
 * a reader who takes three lines of an endless pipe keeps three lines.
 *
 * @param folder takes the space, which is free again after `close`, or when the process ends.
 * @param mostBytes more than so much is an error of the reader: INPUT_TOO_LARGE, reach `run`.
 */
export async function spoolInput(
  stream: Readable,
  folder: string,
  mostBytes = mostSpooled,
): Promise<SpooledInput> {
  const file = await openTemporaryFile(folder).catch(cannotKeep)
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>
  /** Bytes in the file. */
  let length = 0
  let isEnded = false
  /** The chunk that is waited for. The next reader waits for the same chunk. */
  let pulled: Promise<void> | undefined

  return { open, close: () => file.close() }

  function open(): Readable {
    let position = 0
    const reader = new Readable({
      highWaterMark: pieceBytes,
      read() {
        next().then(
          bytes => void reader.push(bytes),
          error => void reader.destroy(error),
        )
      },
    })
    // What is looked at to tell a folder from an empty pipe.
    return Object.assign(reader, { fd: (stream as { fd?: unknown }).fd })

    async function next(): Promise<Buffer | null> {
      while (position === length) {
        if (isEnded) return null
        await pull()
      }
      const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, length - position))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
      position += bytesRead
      return buffer.subarray(0, bytesRead)
    }
  }

  function pull(): Promise<void> {
    pulled ??= takeChunk().finally(() => {
      pulled = undefined
    })
    return pulled
  }

  async function takeChunk(): Promise<void> {
    const { value, done } = await chunks.next()
    if (done === true) {
      isEnded = true
      return
    }
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    if (length + bytes.length > mostBytes) throw tooMuch(mostBytes)
    await writeWhole(file, bytes, length).catch(cannotKeep)
    length += bytes.length
  }

  function cannotKeep(cause: unknown): never {
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException
    throw runError(
      'INPUT_UNREADABLE',
      `Cannot keep standard input in ${folder} until it is read a second time: ${code}`,
      'Free some space there, set TMPDIR to another folder, or save the input as a file.',
      cause,
    )
  }
}

function tooMuch(mostBytes: number) {
  return runError(
    'INPUT_TOO_LARGE',
    `Standard input has more than ${Math.round(mostBytes / 1024 ** 3)} GB, too much to keep until it is read a second time`,
    'Save the input as a file and name the file, or take the first rows with --limit.',
  )
}
