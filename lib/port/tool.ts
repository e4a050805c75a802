import type { Row } from '../row/row.js'
import type { ToolCall, ToolResult, ToolSpec } from '../row/tool-call.js'

export interface ToolCallPlace {
  /** Aborts when the call's time is over, or when the run is broken off. */
  readonly signal: AbortSignal
  readonly row: Row
}

/** A tool that models may call. Calls of many rows run at the same time. */
export interface Tool {
  readonly spec: ToolSpec
  /**
   * Runs one call. The model gets a text as it is, and anything else as JSON. It gets the message
   * of whatever this throws.
   *
   * @param input the parsed arguments, which fit the schema.
   */
  readonly execute: (input: unknown, place: ToolCallPlace) => unknown
}

/** Runs the calls of models. One runner serves all rows of a run. */
export interface ToolRunner {
  /**
   * Runs one call. The result tells the model of an unknown tool, of arguments that do not fit,
   * and of a tool's own failure. Rejects only if `place.signal` aborts.
   */
  readonly run: (call: ToolCall, place: ToolCallPlace) => Promise<ToolResult>
}

/** The tools of a run. */
export interface OpenTools {
  readonly tools: readonly Tool[]
  /** Ends processes, workers and connections. */
  readonly close: () => Promise<void>
}
