import type { StopSwitch } from '../call/stop-switch.js'
import type { ReplyRoom } from '../port/model-client.js'
import type { Outcome } from '../row/outcome.js'
import { createWindow } from '../stage/window.js'

/** Room for the answers that have come and that the output has not taken. */
export interface AnswersRoom extends ReplyRoom {
  readonly take: (outcome: Outcome) => void
  readonly free: (outcome: Outcome) => void
}

/**
 * What the window of the prompts cannot bound: an answer's length is known only once it comes, when
 * as many calls as there are slots are in flight. After a stop there is always room, so that those
 * in flight finish though nobody takes the output.
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
