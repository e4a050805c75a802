import { Writable } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { Outcome } from '../row/outcome.js'
import type { StopSwitch } from './stop-switch.js'

export interface WriteOutcomesOptions {
  /** Takes Outcomes in object mode. It is written to and ended, and destroyed when this stage is. */
  readonly sink: Writable
  readonly stop: StopSwitch
  /** Tells when nobody is left to read what the sink writes, should that be known before the sink fails. */
  readonly onLost?: ((listener: (error: Error) => void) => void) | undefined
  /** Whether answers that an earlier run recorded are left out. */
  readonly onlyNew?: boolean
}

/**
 * The last stage: Outcome in, on to the sink at the sink's pace; skipped ones end here.
 *
 * A sink that fails (a closed pipe, a full disk) asks for a stop, and what still comes is let go: were it to break
 * the pipeline, answers in flight, which are paid, would be lost before they are recorded.
 */
export function writeOutcomes(options: WriteOutcomesOptions): Writable {
  const { sink, stop, onLost, onlyNew = false } = options
  let isLost = false
  let proceed: (() => void) | undefined

  sink.on('error', lose)
  onLost?.(lose)
  sink.on('drain', release)

  return new Writable({
    objectMode: true,
    write(outcome: Outcome, _encoding, done) {
      if (isLost || !isWritten(outcome) || sink.write(outcome)) return done()
      proceed = done
    },
    final(done) {
      if (isLost) return done()
      proceed = done
      sink.end(release)
    },
    destroy(error, done) {
      sink.destroy()
      done(error)
    },
  })

  function isWritten(outcome: Outcome): boolean {
    if (outcome.kind === 'skipped') return false
    return !(onlyNew && outcome.kind === 'answered' && outcome.isRecalled)
  }

  function lose(error: NodeJS.ErrnoException): void {
    isLost = true
    stop.request(BatchError.isInstance(error) ? error : outputLost(error))
    release()
  }

  function release(): void {
    const released = proceed
    proceed = undefined
    released?.()
  }
}

function outputLost(error: NodeJS.ErrnoException): BatchError {
  const isClosedPipe = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
  return new BatchError(
    isClosedPipe ? 'The reader of the output has closed it' : `Cannot write on: ${error.message}`,
    { code: isClosedPipe ? 'OUTPUT_CLOSED' : 'OUTPUT_UNWRITABLE', reach: 'run', cause: error },
  )
}
