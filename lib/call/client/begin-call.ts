import type { BegunCall, CallListener, ModelClient } from '../../port/model-client.js'
import type { Prompt } from '../../row/prompt.js'

export type BeginCall = (prompt: Prompt, listener: CallListener) => BegunCall

/** The client's own `begin`, or one made from its `ask`. */
export function beginCall({ begin, ask }: Pick<ModelClient, 'begin' | 'ask'>): BeginCall {
  if (begin !== undefined) return begin
  return (prompt, listener) => {
    const aborter = new AbortController()
    let isHeard = true
    const hear = (tell: () => void): void => {
      if (isHeard) tell()
    }
    ask(prompt, aborter.signal).then(
      answer => hear(() => listener.answered(answer)),
      error => hear(() => listener.failed(error)),
    )
    return {
      breakOff(reason) {
        isHeard = false
        aborter.abort(reason)
      },
    }
  }
}
