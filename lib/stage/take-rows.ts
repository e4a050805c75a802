import { Readable } from 'node:stream'
import type { SourceRecord } from '../row/outcome.js'

export interface TakeRowsOptions {
  /** Rows to take; all when absent. */
  readonly limit?: number | undefined
  /**
   * Whether a limit that falls on the end of a group waits for what comes next, to know whether
   * there is more. Of a pipe that stays open nothing may ever come.
   */
  readonly isEndAwaited?: boolean
  /** Ends the rows at once when it aborts. */
  readonly stopping?: AbortSignal | undefined
  readonly onGroup?: ((group: readonly SourceRecord[]) => void) | undefined
  /**
   * Takes the source's error, and the rows end there as if the input did; without it the error is
   * passed on.
   */
  readonly onSourceError?: ((error: Error) => void) | undefined
  /** Called once when no further row will come. */
  readonly onEnd?: ((end: RowsEnd) => void) | undefined
}

/** Why no further row comes. */
export type RowsEnd =
  | 'source-ended'
  /** The limit kept it from rows that are there, or may be. */
  | 'limit-reached'
  | 'stopped'
  | 'source-failed'

/**
 * The first rows of a source, which gives groups, as groups. Once it has them, the source is
 * destroyed: demand travels upstream, so `--limit 3` on a huge file or an endless pipe ends at
 * once.
 *
 * A Readable made of a Readable rather than a Transform: a Transform that ends before its source
 * makes `pipeline` wait for the source or call its end premature.
 */
export function takeRows(source: Readable, options: TakeRowsOptions): Readable {
  const { limit = Number.POSITIVE_INFINITY, isEndAwaited = false } = options
  const { stopping, onGroup, onSourceError, onEnd } = options
  let taken = 0
  let isWanted = false
  let isOver = false

  const rows = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      isWanted = true
      pull()
    },
    destroy(error, done) {
      letGo()
      done(error)
    },
  })
  const onStop = (): void => end('stopped')
  source.on('readable', pull)
  source.once('end', () => end('source-ended'))
  source.once('error', fail)
  source.once('close', () => fail(closedEarly()))
  stopping?.addEventListener('abort', onStop, { once: true })
  if (source.errored) fail(source.errored)
  else if (source.readableEnded) end('source-ended')
  else if (source.destroyed) fail(closedEarly())
  else if (stopping?.aborted) end('stopped')
  else if (limit === 0) end('limit-reached')
  return rows

  function pull(): void {
    while (!isOver && (isWanted || taken >= limit)) {
      const group = source.read() as readonly SourceRecord[] | null
      if (group === null) return
      if (group.length > 0) take(group)
    }
  }

  function take(group: readonly SourceRecord[]): void {
    if (taken >= limit) {
      end('limit-reached')
      return
    }
    const wanted = taken + group.length > limit ? group.slice(0, limit - taken) : group
    taken += wanted.length
    onGroup?.(wanted)
    // First, since a push may ask for more before it returns.
    isWanted = false
    if (rows.push(wanted)) isWanted = true
    if (taken >= limit && !(isEndAwaited && wanted === group)) end('limit-reached')
  }

  function end(why: RowsEnd): void {
    if (isOver) return
    isOver = true
    onEnd?.(why)
    rows.push(null)
    letGo()
  }

  function fail(error: Error): void {
    if (isOver) return
    // All that was wanted is taken: what follows concerns nobody.
    if (taken >= limit) {
      end('limit-reached')
      return
    }
    if (onSourceError === undefined) {
      rows.destroy(error)
      return
    }
    onSourceError(error)
    end('source-failed')
  }

  function letGo(): void {
    isOver = true
    stopping?.removeEventListener('abort', onStop)
    source.off('readable', pull)
    // A source let go of midway may complain; nobody is left to hear it.
    source.on('error', () => {})
    source.destroy()
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('The source was closed before its end'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  })
}
