import type { BegunCall, CallListener } from '../port/model-client.js'
import type { Reserved } from '../pricing/spend-ledger.js'
import type { Answer, Usage } from '../row/answer.js'
import { encodedBytes } from '../row/attachment.js'
import type { Failed, Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { addUsage, addUsd } from '../row/usage-sum.js'
import type { CallInTurn } from './call-budget.js'
import type { CallPlace } from './call-place.js'

/** Hears the outcome of a row: once, and never before the row's first call starts. */
export interface OutcomeListener {
  readonly ended: (outcome: Outcome, prompt: Prompt) => void
  /** A defect of ours or of the client: there will be no outcome. */
  readonly broken: (error: unknown) => void
}

/** Hears when an attempt may start, and how it ended. */
export interface PathOfRow {
  readonly onTurn: (row: AskedRow) => void
  readonly onAnswer: (row: AskedRow, answer: Answer) => void
  readonly onFailure: (row: AskedRow, error: unknown) => void
  readonly onHeld: (row: AskedRow) => void
  readonly onGoesOn: (row: AskedRow) => void
}

/** A row on its way to its outcome: one object for all attempts, and the listener of each call. */
export class AskedRow implements CallListener, CallInTurn {
  readonly prompt: Prompt
  /** Bytes of the prompt's attachments in a request. */
  readonly bytes: number
  /** What the next attempt sends for the prompt. */
  asked: Prompt
  readonly listener: OutcomeListener
  readonly #path: PathOfRow
  /** The present or the last attempt. */
  call: BegunCall | undefined
  /** Its place in the budget. */
  place: CallPlace | undefined
  attempts = 0
  /** The outcome of an answer that is paid and not good: the row's own if nothing more is asked. */
  paid: Failed | undefined
  /** US dollars of all answers so far; undefined if there are none, or if a cost is unknown. */
  costUsd: number | undefined
  /** Tokens of all answers so far, from the second answer on. */
  usage: Usage | undefined
  #isCostUnknown = false
  #firstUsage: Usage | undefined
  /** What the present attempt reserves under a cap of the cost. */
  reserved: Reserved = 0
  /** On the monotonic clock: start of the first attempt, and when the next is due. */
  firstStartedMs = 0
  dueMs = 0

  constructor(prompt: Prompt, listener: OutcomeListener, path: PathOfRow) {
    this.prompt = prompt
    this.bytes = prompt.attachments === undefined ? 0 : encodedBytes(prompt.attachments)
    this.asked = prompt
    this.listener = listener
    this.#path = path
  }

  /** Adds the tokens and the cost of an answer. */
  pay(usage: Usage, usd: number | undefined): void {
    if (this.#firstUsage === undefined) this.#firstUsage = usage
    else this.usage = addUsage(this.usage ?? this.#firstUsage, usage)
    if (usd === undefined) this.#isCostUnknown = true
    this.costUsd =
      this.#isCostUnknown || usd === undefined ? undefined : addUsd(this.costUsd ?? 0, usd)
  }

  onTurn(place: CallPlace): void {
    this.place = place
    this.#path.onTurn(this)
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
