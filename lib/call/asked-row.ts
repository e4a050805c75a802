import type { BatchError } from '../error/batch-error.js'
import type { BegunCall, CallListener } from '../port/model-client.js'
import type { Reserved } from '../pricing/spend-ledger.js'
import type { Answer, Usage } from '../row/answer.js'
import { encodedBytes } from '../row/attachment.js'
import type { Failed, Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { ToolRound } from '../row/tool-round.js'
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
  /** Of these, the attempts before the present call of a chain of tools. */
  earlierAttempts = 0
  /** The rounds of tools so far; undefined if there are none. */
  rounds: readonly ToolRound[] | undefined
  /** An answer that is paid and not good: the row's outcome if nothing more is asked. */
  paid: { readonly error: BatchError; readonly answer: Answer } | undefined
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

  /** Adds a round of tools to what is asked next. That call has all its attempts again. */
  addRound(round: ToolRound): void {
    this.rounds = [...(this.rounds ?? []), round]
    this.asked = { ...this.asked, followUps: [...(this.asked.followUps ?? []), round] }
    this.earlierAttempts = this.attempts
  }

  /** Whether the model has answered, so that the row has cost something. */
  isPaid(): boolean {
    return this.#firstUsage !== undefined
  }

  /** The outcome of a row that fails. @param answer the last one, if it was not good. */
  failure(error: BatchError, answer?: Answer): Failed {
    const { prompt, attempts, rounds, costUsd } = this
    const { row } = prompt
    const usage = answer === undefined ? this.#allUsage() : this.usage
    return { kind: 'failed', row, prompt, error, attempts, answer, rounds, usage, costUsd }
  }

  /** The outcome of a row that is not asked any more. What it has cost is not lost. */
  left(): Outcome {
    const { prompt, paid, costUsd } = this
    if (paid !== undefined) return this.failure(paid.error, paid.answer)
    return { kind: 'skipped', row: prompt.row, usage: this.#allUsage(), costUsd }
  }

  #allUsage(): Usage | undefined {
    return this.usage ?? this.#firstUsage
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
