import type { JsonSchema } from './json-schema.js'

/** A tool as a model is told of it. */
export interface ToolSpec {
  /** 1 to 64 letters, digits, dashes and underscores, as all providers take them. */
  readonly name: string
  readonly description: string
  /** JSON Schema of an object: the arguments. Its keys keep their order. */
  readonly inputSchema: JsonSchema
  /** The plugin that llm records for its own tools. */
  readonly plugin?: string | undefined
}

/** A tool's call by the model. */
export interface ToolCall {
  /** The provider's id of the call; made by us, as `tc_…`, if there is none. */
  readonly id: string
  readonly name: string
  /** JSON as the model wrote it. It may be empty, broken, or no object. */
  readonly argumentsText: string
}

/** What a call gave. */
export interface ToolResult {
  readonly callId: string
  readonly name: string
  /** The text that the model gets. */
  readonly output: string
  /** Of a call that failed: the error's class and message, as llm records them. */
  readonly exception?: string | undefined
}
