import { once } from 'node:events'
import { Writable } from 'node:stream'
import type { RowSink } from '../port/row-sink.js'
import type { Outcome } from '../row/outcome.js'
import { outcomeForm } from './document/outcome-form.js'

/**
 * A sink of groups of outcomes that gives each outcome to a reader as well, once its group is
 * written.
 *
 * The slower of the two sets the pace. A destroyed reader counts as a closed output: the run ends.
 *
 * @param sink absent if only the reader takes outcomes.
 * @param reader takes single Outcomes in object mode; ends with the sink.
 */
export function sharedSink(sink: RowSink | undefined, reader: Writable): RowSink<Outcome> {
  let rowsRead = 0
  const rows = new Writable({
    objectMode: true,
    highWaterMark: 1,
    async write(group: readonly Outcome[], _encoding, done) {
      try {
        const outcomes = group.filter(({ kind }) => kind !== 'skipped')
        if (sink !== undefined) await writeGroup(sink, outcomes)
        for (const outcome of outcomes) {
          await giveTo(reader, outcome)
          rowsRead += 1
        }
        done()
      } catch (error) {
        done(error as Error)
      }
    },
    final(done) {
      reader.end()
      if (sink === undefined) done()
      else sink.rows.end(done)
    },
    destroy(error, done) {
      // After the end, the reader may still read what is buffered.
      if (!rows.writableFinished) reader.destroy()
      sink?.rows.destroy()
      done(error)
    },
  })
  // Between two writes there is no other listener, and an unheard error ends the process.
  sink?.rows.on('error', error => rows.destroy(error))
  const file: Omit<RowSink, 'form' | 'rows'> = sink ?? {
    format: 'jsonl',
    path: undefined,
    rowsWritten: () => rowsRead,
    close: async () => {},
  }
  return { ...file, form: outcomeForm, rows }
}

/** Resolves when the group is written. */
function writeGroup({ form, rows }: RowSink, group: readonly Outcome[]): Promise<void> {
  return new Promise((resolve, reject) => {
    rows.write(group.map(form.make), error => (error ? reject(error) : resolve()))
  })
}

/** Resolves when the reader has room again. Rejects if the reader is gone. */
async function giveTo(reader: Writable, outcome: Outcome): Promise<void> {
  if (reader.destroyed) throw readerGone()
  if (reader.write(outcome)) return
  const ended = new AbortController()
  const { signal } = ended
  try {
    await Promise.race([
      once(reader, 'drain', { signal }),
      once(reader, 'close', { signal }).then(() => Promise.reject(readerGone())),
    ])
  } finally {
    ended.abort()
  }
}

/** The error of a missing reader, with the code of a write to a closed pipe. */
function readerGone(): Error {
  return Object.assign(new Error('The reader has gone away'), { code: 'EPIPE' })
}
