import { Writable } from 'node:stream'
import type { StopSwitch } from '../call/stop-switch.js'
import { BatchError, runError } from '../error/batch-error.js'

export interface WriteToSinkOptions {
  /**
   * Takes groups of rows in object mode. This stage writes to it, ends it, and destroys it when
   * it is destroyed itself.
   */
  readonly sink: Writable
  readonly stop: StopSwitch
}

/**
 * The last stage: groups of rows in, to the sink at the sink's pace.
 *
 * If the sink fails (a closed pipe, a full disk), this stage requests a stop and drops what still
 * comes. A broken pipeline would lose paid calls in flight before they are recorded.
 *
 * @example
 *     const stop = createStopSwitch()
 *     const sink = new Writable({
 *       objectMode: true,
 *       write(group, _encoding, done) {
 *         console.log(group.length)
 *         done()
 *       },
 *     })
 *     await pipeline(readRows('reviews.csv'), writeToSink({ sink, stop }))
 */
export function writeToSink({ sink, stop }: WriteToSinkOptions): Writable {
  let isLost = false
  let proceed: (() => void) | undefined

  sink.on('error', lose)
  sink.on('drain', release)
  // A sink that was destroyed without an error takes nothing more, and reports that only here.
  sink.on('close', loseClosed)
  if (sink.destroyed) lose(sink.errored ?? closedSink())

  return new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(group: readonly unknown[], _encoding, done) {
      if (isLost || sink.write(group)) return done()
      proceed = done
    },
    final(done) {
      if (isLost) return done()
      proceed = done
      sink.end(release)
    },
    destroy(error, done) {
      sink.off('close', loseClosed)
      sink.destroy()
      done(error)
    },
  })

  function lose(error: NodeJS.ErrnoException): void {
    isLost = true
    stop.request(BatchError.isInstance(error) ? error : outputLost(error))
    release()
  }

  function loseClosed(): void {
    if (!isLost && !sink.writableFinished) lose(closedSink())
  }

  function release(): void {
    const released = proceed
    proceed = undefined
    released?.()
  }
}

function closedSink(): Error {
  return Object.assign(new Error('The sink is closed'), { code: 'ERR_STREAM_DESTROYED' })
}

function outputLost(error: NodeJS.ErrnoException): BatchError {
  const isClosedPipe = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
  return runError(
    isClosedPipe ? 'OUTPUT_CLOSED' : 'OUTPUT_UNWRITABLE',
    isClosedPipe ? 'The reader has closed the output' : `Cannot write the output: ${error.message}`,
    undefined,
    error,
  )
}
