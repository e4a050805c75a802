import type { Statements } from '../database/database.js'
import {
  type AttachmentRow,
  aliasesSql,
  attachmentColumns,
  byCall,
  type FragmentRow,
} from './call-page.js'
import type { LogTables } from './log-tables.js'
import type { ToolRow } from './turn-extras.js'

/** What belongs to a call of an older llm besides its row. */
export interface LegacyExtras {
  readonly attachments: readonly AttachmentRow[]
  readonly fragments: (kind: 'prompt' | 'system') => readonly FragmentRow[]
  readonly tools: readonly ToolRow[]
  readonly toolCalls: readonly LegacyCallRow[]
  readonly toolResults: readonly LegacyResultRow[]
  readonly attachmentsOfResult: (resultId: number) => readonly AttachmentRow[]
}

export interface LegacyCallRow {
  readonly call: string
  readonly id: number
  readonly tool_id: number | null
  readonly name: string
  readonly arguments: string | null
  readonly tool_call_id: string | null
}

export interface LegacyResultRow extends Omit<LegacyCallRow, 'arguments'> {
  readonly output: string | null
  readonly exception: string | null
  readonly instance_id: number | null
  readonly instance_name: string | null
  readonly instance_plugin: string | null
  readonly instance_arguments: string | null
}

type ResultAttachmentRow = AttachmentRow & { readonly call: string; readonly result: number }

/** `FROM` the wanted calls and their rows in a table that names them in `response_id`. */
const fromWanted = (table: string) =>
  `FROM json_each(?) AS wanted CROSS JOIN ${table} ON ${table}.response_id = wanted.value`

const selectAttachments = `
  SELECT prompt_attachments.response_id AS call, ${attachmentColumns}
  ${fromWanted('prompt_attachments')}
  CROSS JOIN attachments ON attachments.id = prompt_attachments.attachment_id
  ORDER BY prompt_attachments."order"`
const selectTools = `
  SELECT tool_responses.response_id AS call, tools.id, tools.hash, tools.name, tools.description,
    tools.input_schema, NULL AS instance_name, NULL AS instance_arguments
  ${fromWanted('tool_responses')}
  CROSS JOIN tools ON tools.id = tool_responses.tool_id
  ORDER BY tool_responses.rowid`
const selectToolCalls = `
  SELECT tool_calls.response_id AS call, tool_calls.id, tool_calls.tool_id, tool_calls.name,
    tool_calls.arguments, tool_calls.tool_call_id
  ${fromWanted('tool_calls')}
  ORDER BY tool_calls.id`
const selectResultAttachments = `
  SELECT tool_results.response_id AS call, tool_results.id AS result, ${attachmentColumns}
  ${fromWanted('tool_results')}
  CROSS JOIN tool_results_attachments ON tool_results_attachments.tool_result_id = tool_results.id
  CROSS JOIN attachments ON attachments.id = tool_results_attachments.attachment_id
  ORDER BY tool_results_attachments."order"`

function selectFragments(kind: 'prompt' | 'system'): string {
  const table = `${kind}_fragments`
  return `
    SELECT ${table}.response_id AS call, '${kind}' AS kind, fragments.hash, fragments.content,
      ${aliasesSql} AS aliases
    ${fromWanted(table)}
    CROSS JOIN fragments ON fragments.id = ${table}.fragment_id
    ORDER BY ${table}."order"`
}

function selectToolResults({ column }: LogTables): string {
  const instance = column('tool_results', 'instance_id')
  return `
    SELECT tool_results.response_id AS call, tool_results.id, tool_results.tool_id,
      tool_results.name, tool_results.output, tool_results.tool_call_id,
      ${column('tool_results', 'exception')} AS exception, tool_instances.id AS instance_id,
      tool_instances.name AS instance_name, tool_instances.plugin AS instance_plugin,
      tool_instances.arguments AS instance_arguments
    ${fromWanted('tool_results')}
    LEFT JOIN tool_instances ON tool_instances.id = ${instance}
    ORDER BY tool_results.id`
}

/** Loads the extras of some calls. Tables that an early llm did not have count as empty. */
export async function loadLegacyExtras(
  database: Statements,
  tables: LogTables,
  ids: readonly string[],
): Promise<(id: string) => LegacyExtras> {
  const wanted = [JSON.stringify(ids)]
  const load = async <Row extends { readonly call: string }>(
    needed: readonly string[],
    sql: string,
  ) => byCall(needed.every(tables.has) ? await database.all<Row>(sql, wanted) : [])

  type OfCall<Row> = Row & { readonly call: string }
  const attachments = await load<OfCall<AttachmentRow>>(['prompt_attachments'], selectAttachments)
  const fragments = {
    prompt: await load<FragmentRow>(['prompt_fragments'], selectFragments('prompt')),
    system: await load<FragmentRow>(['system_fragments'], selectFragments('system')),
  }
  const tools = await load<ToolRow>(['tool_responses', 'tools'], selectTools)
  const calls = await load<LegacyCallRow>(['tool_calls'], selectToolCalls)
  const results = await load<LegacyResultRow>(
    ['tool_results', 'tool_instances'],
    selectToolResults(tables),
  )
  const resultAttachments = await load<ResultAttachmentRow>(
    ['tool_results', 'tool_results_attachments'],
    selectResultAttachments,
  )
  return id => ({
    attachments: attachments.get(id) ?? [],
    fragments: kind => fragments[kind].get(id) ?? [],
    tools: tools.get(id) ?? [],
    toolCalls: calls.get(id) ?? [],
    toolResults: results.get(id) ?? [],
    attachmentsOfResult: resultId =>
      (resultAttachments.get(id) ?? []).filter(({ result }) => result === resultId),
  })
}
