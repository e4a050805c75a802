import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'
import type { Ask } from './ask.js'

/** Hears how one call ended: one of the two, once, and never before `begin` has returned. */
export interface CallListener {
  readonly answered: (answer: Answer) => void
  /** With what `Ask` would reject with. */
  readonly failed: (error: unknown) => void
  /**
   * The rest of the answer waits for room on this side: from now on, the model is not what takes
   * time.
   */
  readonly held?: (() => void) | undefined
  /** The rest is read on. */
  readonly goesOn?: (() => void) | undefined
}

/** Room on this side for what models reply. */
export interface ReplyRoom {
  readonly hasRoom: () => boolean
  /** Called when there may be room again; the last listener that was given counts. */
  readonly onFree: (listener: () => void) => void
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
  /**
   * The same without promises, which cost more than the call itself; absent where `ask` is all
   * there is.
   */
  readonly begin?: ((prompt: Prompt, listener: CallListener) => BegunCall) | undefined
  /** From now on, large replies are read only while there is room. */
  readonly heed?: ((room: ReplyRoom) => void) | undefined
  /** Lets go of sockets. Asks still running may fail. */
  readonly close: () => Promise<void>
}
