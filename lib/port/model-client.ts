import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'
import type { Ask } from './ask.js'

/** Hears how one call ended: one of the two, once, and never before `begin` has returned. */
export interface CallListener {
  readonly answered: (answer: Answer) => void
  /** With what `Ask` would reject with. */
  readonly failed: (error: unknown) => void
}

export interface BegunCall {
  /** Ends the call. Its listener hears nothing more. */
  readonly breakOff: (reason: Error) => void
}

/** One model, ready to be asked. One attempt per ask: no retry, no pacing, no limit of its own. */
export interface ModelClient {
  /** The id llm knows it by, such as `gpt-4o-mini`; goes into the log and the prompt's hash. */
  readonly id: string
  /** Key name or provider, as a message may show it. */
  readonly provider: string
  readonly ask: Ask
  /** The same without promises, which cost more than the call itself; absent where `ask` is all there is. */
  readonly begin?: ((prompt: Prompt, listener: CallListener) => BegunCall) | undefined
  /** Lets go of sockets. Asks still running may fail. */
  readonly close: () => Promise<void>
}
