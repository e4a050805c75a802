import { Transform } from 'node:stream'
import type { BatchOptions } from '../config/batch-options.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { openBatch } from '../plan/open-batch.js'
import type { GivenParts } from '../plan/plan-batch.js'
import type { Clock } from '../port/clock.js'
import type { Outcome } from '../row/outcome.js'
import type { Batch } from '../run/plan.js'
import type { BatchProgress, BatchSummary } from '../run/progress.js'
import { type Model, partsOf } from './model.js'
import { type Response, responseOf } from './response.js'
import { type RunListeners, stopOnAbort } from './run-listeners.js'

export interface StartBatchOptions<Asked> {
  readonly model: Model
  /** All options but those that the model has. */
  readonly options: Omit<BatchOptions, 'model' | 'key' | 'options'>
  readonly listeners: RunListeners
  readonly openRows?: GivenParts['openRows']
  /** What the iteration gives beside each response. */
  readonly askedOf: (outcome: Outcome) => Asked
}

const progressMs = 500

/**
 * A batch that runs: a promise of its summary, and its responses in the order of the input. Iterate
 * it, or await it if only the summary is wanted.
 *
 * To leave the iteration early ends the run: calls in flight finish and are recorded. What stops a
 * run after its first call is thrown by the iteration, and is the summary's `stopReason`. If
 * responses are neither iterated nor the batch awaited, the run waits.
 *
 * @example
 *     const batch = batchFromRows(await getModel('echo'), ['one', 'two'])
 *     for await (const [prompt, response] of batch) console.log(prompt, response.text())
 *     const { status } = await batch
 *     console.log(status)
 */
export class StartedBatch<Asked>
  extends Promise<BatchSummary>
  implements AsyncIterable<[Asked, Response]>
{
  /** What `then` makes is a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  readonly #reader: Transform
  readonly #askedOf: (outcome: Outcome) => Asked
  readonly #clock: Clock
  #use: 'none' | 'iterated' | 'awaited' = 'none'

  /** Of a run that has begun; the functions of this package make it. */
  constructor(
    running: Promise<BatchSummary>,
    given: { readonly reader: Transform; askedOf(outcome: Outcome): Asked; readonly clock: Clock },
  ) {
    super((resolve, reject) => void running.then(resolve, reject))
    this.#reader = given.reader
    this.#askedOf = given.askedOf
    this.#clock = given.clock
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one.
  override then<One = BatchSummary, Other = never>(
    onResolved?: ((summary: BatchSummary) => One | PromiseLike<One>) | null,
    onRejected?: ((reason: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<One | Other> {
    // An iteration may begin in this turn.
    this.#clock.afterTurn(() => {
      if (this.#use !== 'none') return
      this.#use = 'awaited'
      this.#reader.resume()
    })
    return super.then(onResolved, onRejected)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<[Asked, Response], void> {
    if (this.#use !== 'none') {
      throw new RangeError('A batch is iterated once, and before it is awaited.')
    }
    this.#use = 'iterated'
    const reader = this.#reader
    // The iteration throws the error of the run.
    super.then(undefined, () => {})
    try {
      for await (const outcome of reader as AsyncIterable<Outcome>) {
        yield [this.#askedOf(outcome), responseOf(outcome)]
      }
    } finally {
      reader.destroy()
      await this
    }
    const { stopReason } = await this
    if (stopReason !== undefined) throw stopReason
  }
}

/** Plans and runs a batch, from this turn on. */
export function startBatch<Asked>(options: StartBatchOptions<Asked>): StartedBatch<Asked> {
  const { clock } = partsOf(options.model)
  let batch: Batch | undefined
  const reader = outcomeReader(options.listeners, reason => batch?.stop(reason))
  const running = run(options, reader, opened => {
    batch = opened
  })
  running.catch(error => reader.destroy(error))
  // Without an iteration, nobody else hears the error.
  reader.on('error', () => {})
  return new StartedBatch(running, { reader, askedOf: options.askedOf, clock })
}

async function run<Asked>(
  { model, options, listeners, openRows }: StartBatchOptions<Asked>,
  reader: Transform,
  onOpen: (batch: Batch) => void,
): Promise<BatchSummary> {
  const { reference, key, givenOptions, surroundings, clock } = partsOf(model)
  listeners.signal?.throwIfAborted()
  const given = { ...options, model: model.name, key, options: givenOptions }
  const batch = await openBatch(given, surroundings, { reader, model: reference, openRows })
  onOpen(batch)
  const release = stopOnAbort(listeners.signal, batch.stop)
  const endProgress = tellProgress(batch, listeners.onProgress, clock)
  try {
    return await batch.run()
  } finally {
    release()
    try {
      endProgress()
    } finally {
      await batch.close()
    }
  }
}

/** Passes outcomes on, and says them to the listener. */
function outcomeReader({ onOutcome }: RunListeners, stop: (reason: BatchError) => void): Transform {
  return new Transform({
    objectMode: true,
    transform(outcome: Outcome, _encoding, done) {
      try {
        onOutcome?.(outcome)
      } catch (error) {
        stop(runError('RUN_STOPPED', `onOutcome threw: ${String(error)}`, undefined, error))
      }
      done(null, outcome)
    },
  })
}

/** @returns a function that ends it, with the last state. After an error, nothing more is told. */
function tellProgress(
  batch: Batch,
  onProgress: ((progress: BatchProgress) => void) | undefined,
  clock: Clock,
): () => void {
  if (onProgress === undefined) return () => {}
  const ended = new AbortController()
  void tell().catch(error => {
    if (ended.signal.aborted) return
    ended.abort()
    batch.stop(runError('RUN_STOPPED', `onProgress threw: ${String(error)}`, undefined, error))
  })
  return () => {
    if (ended.signal.aborted) return
    ended.abort()
    onProgress(batch.progress())
  }

  async function tell(): Promise<void> {
    for (;;) {
      await clock.sleep(progressMs, ended.signal)
      onProgress?.(batch.progress())
    }
  }
}
