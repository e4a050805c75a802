import type { LoggedTool, LoggedToolCall, LoggedToolResult } from '../../port/llm-log.js'
import { type PythonJson, readPythonJson } from '../../row/python/python-json.js'
import type { Database } from '../database/database.js'
import { type CallPage, loggedAttachment, loggedFragment } from './call-page.js'
import { type LegacyCallRow, type LegacyResultRow, loadLegacyExtras } from './legacy-extras.js'
import type { LogTables } from './log-tables.js'
import { loggedTool } from './turn-extras.js'

interface ResponseRow {
  readonly id: string
  readonly model: string | null
  readonly resolved_model: string | null
  readonly prompt: string | null
  readonly system: string | null
  readonly prompt_json: string | null
  readonly options_json: string | null
  readonly response: string | null
  readonly reasoning: string | null
  readonly response_json: string | null
  readonly conversation_id: string | null
  readonly duration_ms: number | null
  readonly datetime_utc: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly token_details: string | null
  readonly conversation_name: string | null
  readonly conversation_model: string | null
  readonly schema_json: string | null
}

/** Reads calls of llm before 0.32, each of which is one row of `responses`. */
export async function readLegacyCalls(
  database: Database,
  tables: LogTables,
  ids: readonly string[],
): Promise<CallPage> {
  const wanted = [JSON.stringify(ids)]
  const found = await database.all<ResponseRow>(selectResponses(tables), wanted)
  const rows = new Map(found.map(row => [row.id, row]))
  const extras = await loadLegacyExtras(database, tables, [...rows.keys()])
  return {
    has: id => rows.has(id),
    characters: found.reduce((sum, row) => sum + charactersOf(row), 0),
    make(id) {
      const row = rows.get(id) as ResponseRow
      const extra = extras(id)
      return {
        id,
        isLegacy: true,
        model: row.model ?? undefined,
        resolvedModel: row.resolved_model ?? undefined,
        optionsJson: row.options_json ?? undefined,
        conversationId: row.conversation_id ?? undefined,
        conversationName: row.conversation_name ?? undefined,
        conversationModel: row.conversation_model ?? undefined,
        durationMs: row.duration_ms ?? undefined,
        startedAt: row.datetime_utc ?? undefined,
        inputTokens: row.input_tokens ?? undefined,
        outputTokens: row.output_tokens ?? undefined,
        tokenDetailsJson: row.token_details ?? undefined,
        schemaJson: row.schema_json ?? undefined,
        prompt: row.prompt ?? undefined,
        system: row.system ?? undefined,
        response: row.response ?? undefined,
        reasoning: row.reasoning ?? undefined,
        promptJson: row.prompt_json ?? undefined,
        reply: row.response_json === null ? null : (readPythonJson(row.response_json) ?? null),
        promptFragments: extra.fragments('prompt').map(loggedFragment),
        systemFragments: extra.fragments('system').map(loggedFragment),
        tools: extra.tools.map(
          (tool): LoggedTool => ({ ...loggedTool(tool), instance: undefined }),
        ),
        toolCalls: extra.toolCalls.map(toolCall),
        toolResults: extra.toolResults.map(result =>
          toolResult(result, extra.attachmentsOfResult(result.id).map(loggedAttachment)),
        ),
        attachments: extra.attachments.map(loggedAttachment),
      }
    },
  }
}

/** Early versions of llm lack some columns. Their NULL is what llm's own migration would give. */
function selectResponses({ column, has }: LogTables): string {
  const optional = ['resolved_model', 'reasoning', 'input_tokens', 'output_tokens', 'token_details']
  const schema = column('responses', 'schema_id')
  const hasSchemas = schema !== 'NULL' && has('schemas')
  return `
    SELECT responses.id, responses.model, responses.prompt, responses.system,
      responses.prompt_json, responses.options_json, responses.response, responses.response_json,
      responses.conversation_id, responses.duration_ms, responses.datetime_utc,
      conversations.name AS conversation_name, conversations.model AS conversation_model,
      ${optional.map(name => `${column('responses', name)} AS ${name}`).join(', ')},
      ${hasSchemas ? 'schemas.content' : 'NULL'} AS schema_json
    FROM json_each(?) AS wanted CROSS JOIN responses ON responses.id = wanted.value
    LEFT JOIN conversations ON conversations.id = responses.conversation_id
    ${hasSchemas ? `LEFT JOIN schemas ON schemas.id = ${schema}` : ''}`
}

function charactersOf(row: ResponseRow): number {
  const texts = [row.prompt, row.system, row.prompt_json, row.response, row.response_json]
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
}

function toolCall(row: LegacyCallRow): LoggedToolCall {
  return {
    id: row.id,
    toolId: row.tool_id ?? undefined,
    name: row.name,
    arguments: jsonOf(row.arguments),
    toolCallId: row.tool_call_id ?? undefined,
    isServerExecuted: false,
  }
}

function toolResult(
  row: LegacyResultRow,
  attachments: LoggedToolResult['attachments'],
): LoggedToolResult {
  return {
    id: row.id,
    toolId: row.tool_id ?? undefined,
    name: row.name,
    output: row.output ?? '',
    toolCallId: row.tool_call_id ?? undefined,
    exception: row.exception ?? undefined,
    isServerExecuted: false,
    instance:
      row.instance_id === null
        ? undefined
        : {
            name: row.instance_name ?? '',
            plugin: row.instance_plugin ?? undefined,
            arguments: row.instance_arguments ?? undefined,
          },
    attachments,
  }
}

function jsonOf(text: string | null): PythonJson {
  return text === null ? null : (readPythonJson(text) ?? null)
}
