import type { PythonJson } from '../row/python/python-json.js'
import type { FragmentStore } from './fragment-store.js'
import type { SchemaStore } from './schema-store.js'

/** A call in llm's log. Texts named `…Json` are JSON as stored. */
export interface LoggedCall {
  readonly id: string
  /** Whether the call is of llm before 0.32, which kept other tables. */
  readonly isLegacy: boolean
  readonly model: string | undefined
  readonly resolvedModel: string | undefined
  readonly optionsJson: string | undefined
  readonly conversationId: string | undefined
  readonly conversationName: string | undefined
  readonly conversationModel: string | undefined
  readonly durationMs: number | undefined
  /** As stored: `2026-11-22T10:50:39.797734+00:00`. */
  readonly startedAt: string | undefined
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly tokenDetailsJson: string | undefined
  readonly schemaJson: string | undefined
  readonly prompt: string | undefined
  readonly system: string | undefined
  readonly response: string | undefined
  readonly reasoning: string | undefined
  readonly promptJson: string | undefined
  /** The server's reply, whole again. */
  readonly reply: PythonJson
  readonly promptFragments: readonly LoggedFragment[]
  readonly systemFragments: readonly LoggedFragment[]
  readonly tools: readonly LoggedTool[]
  readonly toolCalls: readonly LoggedToolCall[]
  readonly toolResults: readonly LoggedToolResult[]
  readonly attachments: readonly LoggedAttachment[]
}

export interface LoggedFragment {
  readonly hash: string
  readonly content: string
  readonly aliases: readonly string[]
}

export interface LoggedTool {
  readonly id: number
  readonly hash: string
  readonly name: string
  readonly description: string | undefined
  readonly inputSchema: PythonJson
  /** The configured instance that the tool belongs to; `arguments` is JSON as stored. */
  readonly instance: { readonly name: string; readonly arguments: string | undefined } | undefined
}

export interface LoggedToolCall {
  readonly id: number | undefined
  readonly toolId: number | undefined
  readonly name: string
  readonly arguments: PythonJson
  readonly toolCallId: string | undefined
  readonly isServerExecuted: boolean
}

export interface LoggedToolResult extends Omit<LoggedToolCall, 'arguments'> {
  readonly output: string
  readonly exception: string | undefined
  readonly instance:
    | {
        readonly name: string
        readonly plugin: string | undefined
        readonly arguments: string | undefined
      }
    | undefined
  readonly attachments: readonly LoggedAttachment[]
}

export interface LoggedAttachment {
  readonly id: string
  readonly type: string | undefined
  readonly path: string | undefined
  readonly url: string | undefined
  /** Bytes of the content, if the database has the content; 0 for an empty content. */
  readonly contentBytes: number | undefined
}

/** Which calls are read, and in which order. An absent member does not restrict. */
export interface LogFilter {
  /** Most calls: the newest, or of a query the best, or of a batch the first. */
  readonly count?: number | undefined
  /**
   * `best`: the best matches of `query` first. `row`: in the order of the rows of `batch`. Calls
   * with an equal rank stay in the order in which SQLite gives them.
   */
  readonly order: 'oldest' | 'newest' | 'best' | 'row'
  /** Id of the model, or what the server called the model. */
  readonly model?: string | undefined
  readonly conversation?: string | undefined
  /** Hashes; a call must have all of these fragments. */
  readonly fragments: readonly string[]
  /** Names; a call must have been given results of all of these tools. */
  readonly tools: readonly string[]
  readonly hasToolResults?: boolean | undefined
  readonly schemaId?: string | undefined
  /** Only calls with a greater id. Ids sort by time. */
  readonly idAbove?: string | undefined
  /** Only calls with this id or a greater id. */
  readonly idFrom?: string | undefined
  /** A query in the syntax of SQLite's FTS5. */
  readonly query?: string | undefined
  /** Id of a batch of ours. */
  readonly batch?: string | undefined
}

/** How much is in a log. */
export interface LogCounts {
  readonly threads: number
  readonly turns: number
  /** Of llm before 0.32. */
  readonly conversations: number
  readonly responses: number
}

/** llm's log, to look at. Nothing is changed. */
export interface LlmLog extends FragmentStore, SchemaStore {
  /** Whether the database has tables of llm's log. */
  readonly hasLog: boolean
  /**
   * Reads calls page by page, in bounded memory.
   *
   * @throws {BatchError} USAGE_INVALID for a query that FTS5 refuses; DATABASE_UNUSABLE for a call
   * whose messages are not in the database.
   */
  readonly readCalls: (filter: LogFilter) => AsyncIterable<LoggedCall>
  /** Id of the conversation of the newest call. */
  readonly latestConversation: () => Promise<string | undefined>
  readonly countCalls: () => Promise<LogCounts>
  /**
   * Writes a copy of the database to a file that must not exist, for its owner only. Other
   * processes may write meanwhile.
   */
  readonly backUp: (path: string) => Promise<void>
}
