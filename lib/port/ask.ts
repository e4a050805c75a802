import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'

/**
 * Asks a model once. Wrappers around it (retry, gate, pace, timeout) have the same type.
 *
 * Resolves with any answer, also a cut or empty one. The caller judges the answer. Rejects with a
 * BatchError, or with the signal's reason once the signal aborts. The error's `reach` says what to
 * do: `attempt`: try again; `row`: this prompt cannot be answered; `run`: no prompt can.
 */
export type Ask = (prompt: Prompt, signal: AbortSignal) => Promise<Answer>
