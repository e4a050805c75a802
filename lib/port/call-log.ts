import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'
import type { Statements } from './database.js'

/** One answered prompt, as llm's log keeps it. */
export interface LoggedCall {
  /** Id of the turn (the response, in older files): a lower-case ULID. */
  readonly id: string
  /** Id of the thread (the conversation, in older files) that holds this one call. */
  readonly threadId: string
  /** Model id as llm knows it; never an alias. */
  readonly model: string
  readonly prompt: Prompt
  readonly answer: Answer
}

/**
 * llm's log of calls, in one generation of its tables or in both.
 *
 * `write` must run inside a transaction of the caller's: a turn whose messages are not all there breaks every
 * listing of llm's. Texts come back from the log as Python would have stored them; lone surrogates, which
 * Python cannot encode, become U+FFFD.
 */
export interface CallLog {
  readonly write: (statements: Statements, calls: readonly LoggedCall[]) => Promise<void>
}
