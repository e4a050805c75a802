import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'

/** The two ways in which a run ends early. */
export interface CallSignals {
  /** Aborts when calls themselves must end. */
  readonly aborted: AbortSignal
  /** Aborts when no new call may start: waits end, calls in flight go on. Also aborts with `aborted`. */
  readonly stopping: AbortSignal
}

/** An ask that waits its turn first. Rejects with the reason of `stopping` when that aborts during the wait. */
export type PatientAsk = (prompt: Prompt, signals: CallSignals) => Promise<Answer>
