import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'
import type { Ask } from './ask.js'

/** Hears how a call ended: one of the two, once, and never before `begin` has returned. */
export interface CallListener {
  readonly answered: (answer: Answer) => void
  /** Called with the error that `Ask` would reject with. */
  readonly failed: (error: unknown) => void
  /** The rest of the reply waits for room on our side, so the model's time stops. */
  readonly held?: (() => void) | undefined
  /** The rest of the reply is read on. */
  readonly goesOn?: (() => void) | undefined
}

/** Room on our side for replies. */
export interface ReplyRoom {
  readonly hasRoom: () => boolean
  /** Sets the listener that is called when there may be room again. The last listener counts. */
  readonly onFree: (listener: () => void) => void
}

export interface BegunCall {
  /** Ends the call. Its listener is not called any more. */
  readonly breakOff: (reason: Error) => void
}

/** A model that can be asked. One attempt per ask: no retry, no pace, no limit of its own. */
export interface ModelClient {
  /** The model's id in llm, such as `gpt-4o-mini`; part of the log and of the prompt's hash. */
  readonly id: string
  /** Key name or provider, as a message may show it. */
  readonly provider: string
  /**
   * Tells clients apart whose calls pass different limits: a digest of the model, the server and
   * the key. Absent if the client shares its limits with no other.
   */
  readonly budgetId?: string | undefined
  readonly ask: Ask
  /**
   * Asks without promises, which cost more CPU than the call itself. Absent if the client has `ask`
   * only.
   */
  readonly begin?: ((prompt: Prompt, listener: CallListener) => BegunCall) | undefined
  /** Sets the room that large replies wait for. */
  readonly heed?: ((room: ReplyRoom) => void) | undefined
  /** Closes sockets. Asks in flight may fail. */
  readonly close: () => Promise<void>
}
