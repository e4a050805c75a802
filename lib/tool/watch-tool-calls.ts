import type { ToolCallPlace, ToolRunner } from '../port/tool.js'
import type { ToolCall, ToolResult } from '../row/tool-call.js'

/** Somebody who sees the calls of tools. */
export interface ToolWatch {
  /**
   * Whether a call may be run. Asked of one call after the other. A refused call is told to the
   * model, in llm's words.
   */
  readonly approve?: ((call: ToolCall, place: ToolCallPlace) => Promise<boolean>) | undefined
  readonly onResult?:
    | ((call: ToolCall, result: ToolResult, place: ToolCallPlace) => void)
    | undefined
}

/** Shows the calls of a runner to somebody. The time of a call begins when it is approved. */
export function watchToolCalls(runner: ToolRunner, { approve, onResult }: ToolWatch): ToolRunner {
  let asked: Promise<unknown> = Promise.resolve()
  return {
    async run(call, place) {
      const result = (await isApproved(call, place)) ? await runner.run(call, place) : refused(call)
      onResult?.(call, result, place)
      return result
    },
  }

  function isApproved(call: ToolCall, place: ToolCallPlace): Promise<boolean> | true {
    if (approve === undefined) return true
    const ask = async (): Promise<boolean> => {
      place.signal.throwIfAborted()
      return approve(call, place)
    }
    const answer = asked.then(ask)
    asked = answer.catch(() => {})
    return answer
  }
}

function refused({ id, name }: ToolCall): ToolResult {
  const message = 'User cancelled tool call'
  const exception = `CancelToolCall: ${message}`
  return { callId: id, name, output: `Cancelled: ${message}`, exception }
}
