import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import { promptText } from '../row/prompt.js'
import { checkTools } from './catalog/check-tools.js'

/**
 * A model that answers with its prompt, offline and at once, for samples, specs, and trying a
 * template. It ignores the system prompt and counts no tokens.
 */
export function createEcho(clock: Clock): ModelClient {
  return {
    id: 'echo',
    provider: 'echo',
    async ask(prompt, signal) {
      signal.throwIfAborted()
      if (prompt.tools !== undefined) checkTools({ id: 'echo', wire: 'echo' })
      return {
        text: promptText(prompt),
        finishReason: 'stop',
        usage: {},
        startedAtMs: clock.nowMs(),
        durationMs: 0,
      }
    },
    close: async () => {},
  }
}
