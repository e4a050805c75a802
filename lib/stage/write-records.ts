import { Writable } from 'node:stream'
import type { StopSwitch } from '../call/stop-switch.js'
import { BatchError, runError } from '../error/batch-error.js'

export interface WriteRecordsOptions {
  /**
   * Takes groups of records in object mode. It is written to and ended, and destroyed when this
   * stage is.
   */
  readonly sink: Writable
  readonly stop: StopSwitch
}

/**
 * The last stage: groups of records in, on to the sink at the sink's pace.
 *
 * A sink that fails (a closed pipe, a full disk) asks for a stop, and what still comes is let go:
 * were it to break the pipeline, calls in flight, which are paid, would be lost before they are
 * recorded.
 */
export function writeRecords({ sink, stop }: WriteRecordsOptions): Writable {
  let isLost = false
  let proceed: (() => void) | undefined

  sink.on('error', lose)
  sink.on('drain', release)
  // A sink that somebody destroyed without an error takes nothing more either, and says so nowhere
  // else.
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
    isClosedPipe ? 'The reader of the output has closed it' : `Cannot write on: ${error.message}`,
    undefined,
    error,
  )
}
