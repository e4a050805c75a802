import type { StopSwitch } from '../call/stop-switch.js'
import type { ReplyRoom } from '../port/model-client.js'
import type { Outcome } from '../row/outcome.js'
import { createWindow } from '../stage/window.js'

/** Room for answers that the output has not taken yet. */
export interface AnswersRoom extends ReplyRoom {
  readonly take: (outcome: Outcome) => void
  readonly free: (outcome: Outcome) => void
}

/**
 * Bounds the characters of answers, which the window of prompts cannot do: an answer's length is
 * known only when the answer comes. After a stop there is always room, so that calls in flight
 * finish even if nobody takes the output.
 */
export function replyRoom(stop: StopSwitch): AnswersRoom {
  const window = createWindow({ rows: Number.POSITIVE_INFINITY })
  return {
    take: outcome => window.take(0, charactersOfAnswer(outcome)),
    free: outcome => window.free(0, charactersOfAnswer(outcome)),
    hasRoom: () => stop.signal.aborted || window.hasRoom(),
    onFree(listener) {
      window.onFree(listener)
      stop.signal.addEventListener('abort', listener, { once: true })
    },
  }
}

function charactersOfAnswer(outcome: Outcome): number {
  return outcome.kind === 'skipped' ? 0 : (outcome.answer?.text.length ?? 0)
}
