import type { Answer } from './answer.js'
import type { ToolResult } from './tool-call.js'

/** An answer that calls tools, and what the calls gave, in the order of the calls. */
export interface ToolRound {
  readonly answer: Answer
  readonly results: readonly ToolResult[]
}
