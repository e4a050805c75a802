import { Readable } from 'node:stream'
import type { SourceRecord } from '../row/outcome.js'

export interface TakeRowsOptions {
  /** Rows to take; all if absent. */
  readonly limit?: number | undefined
  /**
   * Whether, at the limit, to wait for the next group to know whether there are more rows. An open
   * pipe may never send one.
   */
  readonly isEndAwaited?: boolean
  /** Ends the rows when it aborts. */
  readonly stopping?: AbortSignal | undefined
  readonly onGroup?: ((group: readonly SourceRecord[]) => void) | undefined
  /**
   * Gets the source's error; the rows then end as at the end of the input. Without it, the error is
   * passed on.
   */
  readonly onSourceError?: ((error: Error) => void) | undefined
  /** Called once, when no further row will come. */
  readonly onEnd?: ((end: RowsEnd) => void) | undefined
}

/** Why no further row comes. */
export type RowsEnd =
  | 'source-ended'
  /** The limit is reached, and there are or may be further rows. */
  | 'limit-reached'
  | 'stopped'
  | 'source-failed'

/**
 * Gives the first rows of a source, in groups. At the limit, the source is destroyed: demand
 * travels upstream, so `--limit 3` on a huge file or an endless pipe ends at once.
 *
 * The stage is a function from the source's Readable to a Readable, as `pipeline` takes one. A
 * Transform cannot do it: if a Transform ends before its source, `pipeline` waits for the source or
 * reports a premature close.
 *
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 2 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       takeRows({ limit: 3 }),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls }),
 *       writeRows('out.jsonl'),
 *     )
 */
export function takeRows(options: TakeRowsOptions): (source: Readable) => Readable {
  return source => rowsOf(source, options)
}

function rowsOf(source: Readable, options: TakeRowsOptions): Readable {
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
    // First, because a push may ask for more before it returns.
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
    // All wanted rows are taken.
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
    // A source that is destroyed midway may emit an error; it does not matter any more.
    source.on('error', () => {})
    source.destroy()
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('The source was closed before its end'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  })
}
