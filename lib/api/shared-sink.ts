import { once } from 'node:events'
import { Writable } from 'node:stream'
import type { RowSink } from '../port/row-sink.js'
import type { Outcome } from '../row/outcome.js'
import { readerGone } from '../sink/reader-gone.js'

/**
 * A sink that gives each outcome to a reader as well, once it is written.
 *
 * It goes at the pace of the slower one. A reader that is destroyed counts as an output that was closed: the run ends.
 *
 * @param sink absent where the reader is all that is wanted.
 * @param reader takes Outcomes in object mode; ended with the sink.
 */
export function sharedSink(sink: RowSink | undefined, reader: Writable): RowSink {
  let rowsRead = 0
  const outcomes = new Writable({
    objectMode: true,
    async write(outcome: Outcome, _encoding, done) {
      try {
        if (sink !== undefined) await writeTo(sink.outcomes, outcome)
        await writeTo(reader, outcome)
        rowsRead += 1
        done()
      } catch (error) {
        done(error as Error)
      }
    },
    final(done) {
      reader.end()
      if (sink === undefined) done()
      else sink.outcomes.end(done)
    },
    destroy(error, done) {
      // After its end the reader may still be reading what is buffered.
      if (!outcomes.writableFinished) reader.destroy()
      sink?.outcomes.destroy()
      done(error)
    },
  })
  // Between two writes nobody else would hear it, and it would end the process.
  sink?.outcomes.on('error', error => outcomes.destroy(error))
  return {
    format: sink?.format ?? 'jsonl',
    path: sink?.path,
    isInPlace: () => sink?.isInPlace?.() !== false,
    isGone: () => sink?.isGone?.() === true,
    isTaken: () => sink?.isTaken?.() !== false,
    outcomes,
    rowsWritten: () => sink?.rowsWritten() ?? rowsRead,
    close: async options => sink?.close(options),
  }
}

/** Resolves when the stream has room again. Rejects when it is gone. */
async function writeTo(stream: Writable, outcome: Outcome): Promise<void> {
  if (stream.destroyed) throw readerGone()
  if (stream.write(outcome)) return
  const ended = new AbortController()
  const { signal } = ended
  try {
    await Promise.race([
      once(stream, 'drain', { signal }),
      once(stream, 'close', { signal }).then(() => Promise.reject(readerGone())),
    ])
  } finally {
    ended.abort()
  }
}
