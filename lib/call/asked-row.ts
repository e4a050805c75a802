import type { BegunCall, CallListener } from '../port/model-client.js'
import type { Answer } from '../row/answer.js'
import type { Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'

/** Hears what became of a row: once, and never before the row's first call has begun. */
export interface OutcomeListener {
  readonly ended: (outcome: Outcome, prompt: Prompt) => void
  /** A defect, ours or a client's: no outcome will come. */
  readonly broken: (error: unknown) => void
}

/** What is done with the end of an attempt. */
export interface PathOfRow {
  readonly onAnswer: (row: AskedRow, answer: Answer) => void
  readonly onFailure: (row: AskedRow, error: unknown) => void
  readonly onHeld: (row: AskedRow) => void
  readonly onGoesOn: (row: AskedRow) => void
}

/**
 * A row on its way to its outcome: one object for all its attempts, which hears itself how each
 * ended.
 */
export class AskedRow implements CallListener {
  readonly prompt: Prompt
  readonly listener: OutcomeListener
  readonly #path: PathOfRow
  /** The attempt that is in flight, or was last. */
  call: BegunCall | undefined
  attempts = 0
  /** Times on the monotonic clock: of the first attempt, of the last, and when the next is due. */
  firstStartedMs = 0
  startedMs = 0
  dueMs = 0

  constructor(prompt: Prompt, listener: OutcomeListener, path: PathOfRow) {
    this.prompt = prompt
    this.listener = listener
    this.#path = path
  }

  answered(answer: Answer): void {
    this.#path.onAnswer(this, answer)
  }

  failed(error: unknown): void {
    this.#path.onFailure(this, error)
  }

  held(): void {
    this.#path.onHeld(this)
  }

  goesOn(): void {
    this.#path.onGoesOn(this)
  }
}
