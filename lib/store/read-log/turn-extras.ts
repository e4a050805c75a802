import type { LoggedTool, LoggedToolResult } from '../../port/llm-log.js'
import { readPythonJson } from '../../row/python/python-json.js'
import type { Statements } from '../database/database.js'
import { aliasesSql, byCall, type FragmentRow } from './call-page.js'
import type { LogTables } from './log-tables.js'

/** What belongs to a call besides its messages. */
export interface TurnExtras {
  /** In the order of their ids. */
  readonly tools: readonly LoggedTool[]
  readonly fragments: readonly FragmentRow[]
  /** The instances that answered the calls of tools, by `toolCallId`. */
  readonly instances: ReadonlyMap<string, NonNullable<LoggedToolResult['instance']>>
}

export interface ToolRow {
  readonly call: string
  readonly id: number
  readonly hash: string
  readonly name: string
  readonly description: string | null
  readonly input_schema: string | null
  readonly instance_name: string | null
  readonly instance_arguments: string | null
}

interface InstanceRow {
  readonly call: string
  readonly tool_call_id: string
  readonly name: string
  readonly plugin: string | null
  readonly arguments: string | null
}

const selectFragments = `
  SELECT turn_fragments.turn_id AS call, turn_fragments.kind, fragments.hash, fragments.content,
    ${aliasesSql} AS aliases
  FROM json_each(?) AS wanted
  CROSS JOIN turn_fragments ON turn_fragments.turn_id = wanted.value
  CROSS JOIN fragments ON fragments.id = turn_fragments.fragment_id
  ORDER BY turn_fragments."order"`
const selectInstances = `
  SELECT tool_instantiations.turn_id AS call, tool_instantiations.tool_call_id,
    tool_instances.name, tool_instances.plugin, tool_instances.arguments
  FROM json_each(?) AS wanted
  CROSS JOIN tool_instantiations ON tool_instantiations.turn_id = wanted.value
  CROSS JOIN tool_instances ON tool_instances.id = tool_instantiations.instance_id`

/** Before llm's migration 24, a tool's instance was not recorded. */
function selectTools({ column }: LogTables): string {
  return `
    SELECT turn_tools.turn_id AS call, tools.id, tools.hash, tools.name, tools.description,
      tools.input_schema, tool_instances.name AS instance_name,
      tool_instances.arguments AS instance_arguments
    FROM json_each(?) AS wanted
    CROSS JOIN turn_tools ON turn_tools.turn_id = wanted.value
    CROSS JOIN tools ON tools.id = turn_tools.tool_id
    LEFT JOIN tool_instances ON tool_instances.id = ${column('turn_tools', 'instance_id')}
    ORDER BY tools.id`
}

/** Loads the extras of some calls. */
export async function loadTurnExtras(
  database: Statements,
  tables: LogTables,
  ids: readonly string[],
): Promise<(id: string) => TurnExtras> {
  const wanted = [JSON.stringify(ids)]
  const tools = byCall(await database.all<ToolRow>(selectTools(tables), wanted))
  const fragments = byCall(await database.all<FragmentRow>(selectFragments, wanted))
  const hasInstances =
    tools.size > 0 && tables.column('tool_instantiations', 'instance_id') !== 'NULL'
  const instances = byCall(
    hasInstances ? await database.all<InstanceRow>(selectInstances, wanted) : [],
  )
  return id => ({
    tools: (tools.get(id) ?? []).map(loggedTool),
    fragments: fragments.get(id) ?? [],
    instances: new Map(
      (instances.get(id) ?? []).map(row => [
        row.tool_call_id,
        {
          name: row.name,
          plugin: row.plugin ?? undefined,
          arguments: row.arguments ?? undefined,
        },
      ]),
    ),
  })
}

export function loggedTool(row: ToolRow): LoggedTool {
  const schema = readPythonJson(row.input_schema ?? '{}')
  return {
    id: row.id,
    hash: row.hash,
    name: row.name,
    description: row.description ?? undefined,
    inputSchema: schema ?? null,
    instance:
      row.instance_name === null
        ? undefined
        : { name: row.instance_name, arguments: row.instance_arguments ?? undefined },
  }
}
