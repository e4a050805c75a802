import type {
  LoggedCall,
  LoggedTool,
  LoggedToolCall,
  LoggedToolResult,
} from '../../port/llm-log.js'
import type { PythonJson } from '../../row/python/python-json.js'
import type { Database } from '../database/database.js'
import { logDamaged } from '../database/database-trouble.js'
import { type CallPage, loggedFragment } from './call-page.js'
import { expandReply } from './expand-reply.js'
import type { LogTables } from './log-tables.js'
import { type CallLinks, loadMessageChains } from './message-chains.js'
import { joinTexts, loadMessageParts, type MessagePart } from './message-parts.js'
import { loadReplyNotes } from './reply-parts.js'
import { loadTurnExtras, type TurnExtras } from './turn-extras.js'

interface TurnRow {
  readonly id: string
  readonly model: string | null
  readonly resolved_model: string | null
  readonly options_json: string | null
  readonly thread_id: string | null
  readonly name: string | null
  readonly duration_ms: number | null
  readonly datetime_utc: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly token_details: string | null
  readonly parent_message_hash: string | null
  readonly tip_message_hash: string | null
  readonly response_json: string | null
  readonly schema_json: string | null
}

/** Reads calls of llm 0.32 and later, whose texts are in chains of messages. */
export async function readTurns(
  database: Database,
  tables: LogTables,
  ids: readonly string[],
): Promise<CallPage> {
  const rows = new Map<string, TurnRow>()
  const wanted = [JSON.stringify(ids)]
  for (const row of await database.all<TurnRow>(selectTurns(tables), wanted)) rows.set(row.id, row)
  const ends = [...rows.values()].flatMap(row => [row.parent_message_hash, row.tip_message_hash])
  const chainOf = await loadMessageChains(
    database,
    ends.filter(hash => hash !== null),
  )
  const messages = new Map<string, CallLinks>()
  for (const row of rows.values()) {
    const found = chainOf(row.parent_message_hash, row.tip_message_hash)
    if (found === undefined) throw logDamaged(database.path, row.id)
    messages.set(row.id, found)
  }
  const links = [...messages.values()].flatMap(({ system, asked, answered }) =>
    system === undefined ? [...asked, ...answered] : [system, ...asked, ...answered],
  )
  const parts = await loadMessageParts(database, links)
  const extras = await loadTurnExtras(database, tables, [...rows.keys()])
  const notesOf = await loadReplyNotes(database, [...rows.values()], messages)

  return {
    has: id => rows.has(id),
    characters: parts.characters + replyCharacters(rows),
    make(id) {
      const row = rows.get(id) as TurnRow
      const { system, asked, answered } = messages.get(id) as CallLinks
      const output = parts.of(answered)
      const extra = extras(id)
      const notes = notesOf(id, {
        messages: answered.map(link => ({ hash: link.hash, parts: parts.of([link]) })),
        tools: extra.tools,
        schemaJson: row.schema_json ?? undefined,
      })
      return {
        ...rowFields(row),
        prompt: joinTexts(parts.of(asked.filter(({ role }) => role === 'user')), 'text'),
        system: joinTexts(system === undefined ? [] : parts.of([system]), 'text') || undefined,
        response: joinTexts(output, 'text'),
        reasoning: joinTexts(output, 'reasoning') || undefined,
        promptJson: undefined,
        reply: expandReply(row.response_json, notes),
        ...partFields(parts.of(asked), output, extra),
      }
    },
  }
}

function selectTurns({ column }: LogTables): string {
  return `
    SELECT turns.id, turns.model, ${column('turns', 'resolved_model')} AS resolved_model,
      turns.options_json, turns.thread_id, threads.name, turns.duration_ms, turns.datetime_utc,
      turns.input_tokens, turns.output_tokens, turns.token_details, turns.parent_message_hash,
      turns.tip_message_hash, ${column('turns', 'response_json')} AS response_json,
      schemas.content AS schema_json
    FROM json_each(?) AS wanted CROSS JOIN turns ON turns.id = wanted.value
    LEFT JOIN threads ON threads.id = turns.thread_id
    LEFT JOIN schemas ON schemas.id = turns.schema_id`
}

function replyCharacters(rows: ReadonlyMap<string, TurnRow>): number {
  let characters = 0
  for (const { response_json } of rows.values()) characters += response_json?.length ?? 0
  return characters
}

function rowFields(row: TurnRow) {
  return {
    id: row.id,
    isLegacy: false,
    model: row.model ?? undefined,
    resolvedModel: row.resolved_model ?? undefined,
    // A turn without options has none; an older call has `{}`.
    optionsJson: row.options_json || '{}',
    conversationId: row.thread_id ?? undefined,
    conversationName: row.name ?? undefined,
    conversationModel: row.model ?? undefined,
    durationMs: row.duration_ms ?? undefined,
    startedAt: row.datetime_utc ?? undefined,
    inputTokens: row.input_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    tokenDetailsJson: row.token_details ?? undefined,
    schemaJson: row.schema_json ?? undefined,
  }
}

function partFields(
  input: readonly MessagePart[],
  output: readonly MessagePart[],
  extra: TurnExtras,
): Pick<
  LoggedCall,
  'attachments' | 'tools' | 'toolCalls' | 'toolResults' | 'promptFragments' | 'systemFragments'
> {
  const results = (parts: readonly MessagePart[], isServerExecuted: boolean) => {
    const found = parts.filter(({ type }) => type === 'tool_result')
    return found.map(part => toolResult(part, found, extra, isServerExecuted))
  }
  const calls = output.filter(({ type }) => type === 'tool_call')
  return {
    attachments: input
      .filter(({ type }) => type === 'attachment')
      .flatMap(part => part.attachments),
    tools: extra.tools,
    toolCalls: calls.map(part => toolCall(part, calls, extra.tools)),
    toolResults: [...results(input, false), ...results(output, true)],
    promptFragments: extra.fragments.filter(({ kind }) => kind === 'prompt').map(loggedFragment),
    systemFragments: extra.fragments.filter(({ kind }) => kind === 'system').map(loggedFragment),
  }
}

function toolCall(
  part: MessagePart,
  calls: readonly MessagePart[],
  tools: readonly LoggedTool[],
): LoggedToolCall {
  const given = part.fields.get('arguments')
  return {
    ...toolPart(part, calls, tools),
    arguments: given === undefined ? new Map<string, PythonJson>() : given,
    isServerExecuted: part.fields.get('server_executed') === true,
  }
}

function toolResult(
  part: MessagePart,
  results: readonly MessagePart[],
  { tools, instances }: TurnExtras,
  isServerExecuted: boolean,
): LoggedToolResult {
  const shared = toolPart(part, results, tools)
  const { toolCallId } = shared
  return {
    ...shared,
    output: textField(part, 'output') ?? '',
    exception: textField(part, 'exception'),
    isServerExecuted,
    instance: toolCallId === undefined ? undefined : instances.get(toolCallId),
    attachments: part.attachments,
  }
}

/** llm takes the last part, and the last tool, of an id or name that occurs twice. */
function toolPart(
  part: MessagePart,
  others: readonly MessagePart[],
  tools: readonly LoggedTool[],
): Pick<LoggedToolCall, 'id' | 'toolId' | 'name' | 'toolCallId'> {
  const name = textField(part, 'name') ?? ''
  const toolCallId = textField(part, 'tool_call_id')
  return {
    id: others.findLast(other => textField(other, 'tool_call_id') === toolCallId)?.id,
    toolId: tools.findLast(tool => tool.name === name)?.id,
    name,
    toolCallId,
  }
}

function textField({ fields }: MessagePart, name: string): string | undefined {
  const value = fields.get(name)
  return typeof value === 'string' ? value : undefined
}
