import type { CallLog, LoggedCall } from '../port/call-log.js'
import type { Clock } from '../port/clock.js'
import type { SqlValue } from '../port/database.js'
import { nameForPrompt } from './conversation-name.js'
import { fragmentNumbers } from './fragment-rows.js'
import { insertGroupSql, insertRows } from './insert-group.js'
import { logDate } from './log-date.js'
import { optionsJson, tokenDetailsJson } from './log-json.js'
import { replyJson } from './reply-json.js'

export interface LegacyLogOptions {
  readonly clock: Clock
  /** Columns that this file's `responses` has: later versions of llm added to them. */
  readonly responseColumns: ReadonlySet<string>
  /** Whether the file keeps fragments (llm's migration 15). */
  readonly hasFragments: boolean
}

const insertConversations = insertGroupSql({
  table: 'conversations',
  columns: ['id', 'name', 'model'],
  onConflict: 'ignore',
})
const insertPromptFragments = insertGroupSql({
  table: 'prompt_fragments',
  columns: ['response_id', 'fragment_id', 'order'],
})

/** llm's log up to 0.31: a row of `responses` a call, in a conversation of its own. */
export function createLegacyLog(options: LegacyLogOptions): CallLog {
  const { clock, hasFragments, responseColumns } = options
  const columns = [...responseCells.keys()].filter(column => responseColumns.has(column))
  const insertResponses = insertGroupSql({ table: 'responses', columns })

  return {
    async write(statements, calls) {
      const conversations = calls.map(({ threadId, model, prompt }) => {
        return [threadId, nameForPrompt(prompt), model]
      })
      await insertRows(statements, insertConversations, conversations)
      await insertRows(
        statements,
        insertResponses,
        calls.map(call => columns.map(column => responseCells.get(column)?.(call) ?? null)),
      )
      if (!hasFragments) return
      const fragments = calls.flatMap(({ prompt }) => prompt.fragments)
      const numbers = await fragmentNumbers(statements, fragments, clock)
      const links = calls.flatMap(({ id, prompt }) =>
        prompt.fragments.map(({ hash }, order) => [id, numbers.get(hash) ?? null, order]),
      )
      await insertRows(statements, insertPromptFragments, links)
    },
  }
}

type ResponseCell = (call: LoggedCall) => SqlValue

/** What goes into each column of `responses`; `prompt_json`, `schema_id` and `resolved_model` stay NULL. */
const responseCells: ReadonlyMap<string, ResponseCell> = new Map<string, ResponseCell>([
  ['id', ({ id }) => id],
  ['model', ({ model }) => model],
  ['prompt', ({ prompt }) => prompt.text],
  ['system', ({ prompt }) => prompt.system ?? null],
  // Never NULL, these two: `llm -c` breaks on it.
  ['options_json', ({ prompt }) => optionsJson(prompt.options) ?? '{}'],
  ['response', ({ answer }) => answer.text],
  ['response_json', ({ answer }) => replyJson(answer.reply)],
  ['conversation_id', ({ threadId }) => threadId],
  ['duration_ms', ({ answer }) => Math.round(answer.durationMs)],
  ['datetime_utc', ({ answer }) => logDate(answer.startedAtMs)],
  ['input_tokens', ({ answer }) => answer.usage.inputTokens ?? null],
  ['output_tokens', ({ answer }) => answer.usage.outputTokens ?? null],
  ['token_details', ({ answer }) => tokenDetailsJson(answer.usage)],
  ['reasoning', ({ answer }) => answer.reasoning ?? null],
])
