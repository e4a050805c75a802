import type { BatchOptions } from '../config/batch-options.js'
import type { ToolDefinition } from '../port/tool.js'
import type { Outcome } from '../row/outcome.js'
import type { BatchProgress } from '../run/progress.js'

/** How far `batchProcess` is. */
export type ProcessProgress = Pick<BatchProgress, 'rowsRead' | 'tally' | 'callsInFlight'>

export interface BatchProcessOptions {
  /** What is asked of rows that are objects, with their members as `{columns}`; else `{prompt}`. */
  readonly template?: string | undefined
  /** Stops asking when it aborts: calls in flight finish, and then its reason is thrown. */
  readonly signal?: AbortSignal | undefined
  /** Hears how far it is, after each group of outcomes. */
  readonly onProgress?: ((progress: ProcessProgress) => void) | undefined
  /** Hears of each outcome before it is yielded. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined
  /** Calls in flight at once, or `auto`: as many as the server takes and needs; 1 when absent. */
  readonly concurrency?: number | 'auto' | undefined
  /** Calls started per minute; no limit when absent. */
  readonly rateLimit?: number | undefined
  /** Input and output tokens per minute; no limit when absent. */
  readonly tokenLimit?: number | undefined
  /** US dollars that all calls may cost together; no limit when absent. */
  readonly maxCostUsd?: number | undefined
  /** The system prompt, with `{columns}` where `template` is given; none if absent. */
  readonly system?: string | undefined
  /** Further attempts after a failed one; 5 if absent. */
  readonly retries?: number | undefined
  /** Milliseconds that one attempt may take; 120,000 if absent. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds that one row may take, over all attempts and waits; an hour if absent. */
  readonly deadlineMs?: number | undefined
  /** Whether an answer cut by length counts as an answer; not if absent. */
  readonly acceptTruncated?: boolean | undefined
  /** Whether a leading `<think>…</think>` counts as reasoning, and not as text. */
  readonly stripThinking?: boolean | undefined
  /** The order of the responses; that of the prompts if absent. */
  readonly order?: 'input' | 'completion' | undefined
  /** The form that answers must have, as llm's `--schema` takes it. Read with `response.json()`. */
  readonly schema?: string | Readonly<Record<string, unknown>> | undefined
  /** As `schema`, for answers `{ items: [...] }` whose items have this form. */
  readonly schemaMulti?: string | Readonly<Record<string, unknown>> | undefined
  /** Paths and URLs of files that go with every prompt, also with their MIME types. */
  readonly attachments?: BatchOptions['attachments'] | undefined
  /** Whether URLs of attachments may lead to local and private addresses. */
  readonly allowLocalUrls?: boolean | undefined
  /** Megabytes that an attachment may have; 50 when absent. */
  readonly maxAttachmentMb?: number | undefined
  /** Prices by model id or alias, as in `BatchOptions`. */
  readonly prices?: BatchOptions['prices'] | undefined
  /**
   * The tools that the model may call: names such as `llm_time`, files such as `./tools.mjs`, and
   * tools with `name`, `description`, `inputSchema` (JSON Schema, or zod's) and `execute`.
   */
  readonly tools?: readonly (string | ToolDefinition)[] | undefined
  /** Command lines and URLs of MCP servers, whose tools are added. */
  readonly mcp?: readonly string[] | undefined
  /** The most calls of the model for a prompt that uses tools; 5 if absent, 0: no limit. */
  readonly chainLimit?: number | undefined
  /** Milliseconds that one call of a tool may take; 30,000 if absent. */
  readonly toolTimeoutMs?: number | undefined
  /**
   * Whether equal prompts are asked once. Answers are kept for this in memory: if the latest have
   * more than 16 million characters, older ones are forgotten, and their prompts are asked again.
   */
  readonly dedupe?: boolean | undefined
}
