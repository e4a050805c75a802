import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'

/**
 * Asks a model once. Wrappers around it (retry, gate, pace, timeout) have the same type.
 *
 * Resolves with whatever the model gave, also a cut or empty answer: judging is the caller's.
 * Rejects with a BatchError whose `reach` says what to do (attempt: try again; row: this prompt
 * cannot be answered; run: no prompt can), or with the signal's reason once that aborts.
 */
export type Ask = (prompt: Prompt, signal: AbortSignal) => Promise<Answer>
