import { Readable } from 'node:stream'
import type { SourceRecord } from '../row/outcome.js'

export interface TakeRowsOptions {
  /** Rows to take; all when absent. */
  readonly limit?: number | undefined
  /** Ends the rows at once when it aborts. */
  readonly stopping?: AbortSignal | undefined
  readonly onRecord?: ((record: SourceRecord) => void) | undefined
  /** Takes the source's error, and the rows end there as if the input did; without it the error is passed on. */
  readonly onSourceError?: ((error: Error) => void) | undefined
  /** Called once when no further row will come. */
  readonly onEnd?: (() => void) | undefined
}

/**
 * The first rows of a source, in object mode. Once it has them, the source is destroyed: demand travels
 * upstream, so `--limit 3` on a huge file or an endless pipe ends at once.
 *
 * A Readable made of a Readable rather than a Transform: a Transform that ends before its source
 * makes `pipeline` wait for the source or call its end premature.
 */
export function takeRows(source: Readable, options: TakeRowsOptions): Readable {
  const { limit = Number.POSITIVE_INFINITY, stopping, onRecord, onSourceError, onEnd } = options
  let taken = 0
  let isWanted = false
  let isOver = false

  const rows = new Readable({
    objectMode: true,
    read() {
      isWanted = true
      pull()
    },
    destroy(error, done) {
      letGo()
      done(error)
    },
  })
  source.on('readable', pull)
  source.once('end', end)
  source.once('error', fail)
  source.once('close', end)
  stopping?.addEventListener('abort', end, { once: true })
  if (stopping?.aborted || limit === 0) end()
  return rows

  function pull(): void {
    while (isWanted && !isOver) {
      const record = source.read() as SourceRecord | null
      if (record === null) return
      taken += 1
      onRecord?.(record)
      isWanted = rows.push(record)
      if (taken >= limit) end()
    }
  }

  function end(): void {
    if (isOver) return
    isOver = true
    onEnd?.()
    rows.push(null)
    letGo()
  }

  function fail(error: Error): void {
    if (isOver) return
    if (onSourceError === undefined) {
      rows.destroy(error)
      return
    }
    onSourceError(error)
    end()
  }

  function letGo(): void {
    isOver = true
    stopping?.removeEventListener('abort', end)
    source.off('readable', pull)
    // A source let go of midway may complain; nobody is left to hear it.
    source.on('error', () => {})
    source.destroy()
  }
}
