import type { LogFilter } from '../../port/llm-log.js'
import type { SqlValue } from '../database/database.js'
import type { LogTables } from './log-tables.js'

/** The first page is short, so that its calls are shown at once. */
export const firstPageIds = 200
export const pageIds = 5000

/** Which calls of one generation of llm's tables are meant. */
export interface LogSource extends CallTable {
  /** `FROM … WHERE …` */
  readonly sql: string
  /** What stands after `FROM`. */
  readonly from: string
  /** What stands after `WHERE`. */
  readonly where: string
  readonly parameters: readonly SqlValue[]
  /** The column with the id of a call. */
  readonly id: string
  /** An expression: the lower, the better a call matches the query. */
  readonly rank: string
}

/** The table of a generation's calls, and its column with the id of a call's conversation. */
interface CallTable {
  readonly table: 'turns' | 'responses'
  readonly thread: 'thread_id' | 'conversation_id'
}

const turns = { table: 'turns', thread: 'thread_id' } as const satisfies CallTable
const responses = { table: 'responses', thread: 'conversation_id' } as const satisfies CallTable

/**
 * The calls of each generation that a filter lets pass. A call that is in both counts as one of the
 * newer.
 */
export function logSources(filter: LogFilter, tables: LogTables): readonly LogSource[] {
  return [
    ...(tables.hasTurns ? [turnSource(filter, tables)] : []),
    ...(tables.hasResponses ? [legacySource(filter, tables)] : []),
  ]
}

/** The search index finds a word of a prompt ten times as relevant as one of an answer. */
const rankOf = (index: string) => `bm25(${index}, 10.0, 1.0)`

type Condition = readonly [sql: string, ...parameters: SqlValue[]]

function turnSource(filter: LogFilter, tables: LogTables): LogSource {
  const conditions: Condition[] = [
    ...rowConditions(filter, turns, tables),
    ...filter.fragments.map(
      (hash): Condition => [
        `turns.id IN (SELECT turn_fragments.turn_id FROM turn_fragments
          JOIN fragments ON fragments.id = turn_fragments.fragment_id WHERE fragments.hash = ?)`,
        hash,
      ],
    ),
    ...(filter.hasToolResults ? [toolResultCondition('')] : []),
    ...filter.tools.map(name => toolResultCondition('AND parts.tool_name = ?', name)),
  ]
  const { query } = filter
  if (query === undefined) return source(turns, 'turns', '0', conditions)
  const from = `turns JOIN turn_search ON turn_search.turn_id = turns.id
    JOIN turn_search_fts ON turn_search_fts.rowid = turn_search.id`
  conditions.push(['turn_search_fts MATCH ?', query])
  return source(turns, from, rankOf('turn_search_fts'), conditions)
}

/**
 * A result of a tool is in the message that the call answers, or, if a new prompt followed, in the
 * message before that.
 */
function toolResultCondition(extra: string, ...parameters: readonly SqlValue[]): Condition {
  const sql = `(turns.parent_message_hash IN (
      SELECT parts.message_hash FROM parts WHERE parts.type = 'tool_result' ${extra})
    OR turns.parent_message_hash IN (
      SELECT messages.hash FROM messages JOIN parts ON parts.message_hash = messages.parent_hash
      WHERE messages.role = 'user' AND parts.type = 'tool_result' ${extra}))`
  return [sql, ...parameters, ...parameters]
}

function legacySource(filter: LogFilter, tables: LogTables): LogSource {
  const hasFragments = tables.has('prompt_fragments') && tables.has('system_fragments')
  const hasTools = tables.has('tool_results')
  const conditions: Condition[] = [
    ...(tables.hasTurns ? [['responses.id NOT IN (SELECT id FROM turns)'] as const] : []),
    ...rowConditions(filter, responses, tables),
    ...filter.fragments.map((hash): Condition => {
      if (!hasFragments) return ['0']
      const used = ['prompt_fragments', 'system_fragments'].map(
        table => `EXISTS (SELECT 1 FROM ${table} JOIN fragments ON fragments.id = ${table}.fragment_id
          WHERE ${table}.response_id = responses.id AND fragments.hash = ?)`,
      )
      return [`(${used.join(' OR ')})`, hash, hash]
    }),
    ...(filter.hasToolResults ? [legacyToolCondition(hasTools, '')] : []),
    ...filter.tools.map(name => legacyToolCondition(hasTools, 'AND tools.name = ?', name)),
  ]
  const { query } = filter
  if (query === undefined) return source(responses, 'responses', '0', conditions)
  if (!tables.has('responses_fts')) return source(responses, 'responses', '0', [['0']])
  const from = 'responses JOIN responses_fts ON responses_fts.rowid = responses.rowid'
  conditions.push(['responses_fts MATCH ?', query])
  return source(responses, from, rankOf('responses_fts'), conditions)
}

function legacyToolCondition(hasTools: boolean, extra: string, ...parameters: string[]): Condition {
  if (!hasTools) return ['0']
  const join = extra === '' ? '' : 'JOIN tools ON tools.id = tool_results.tool_id'
  const sql = `EXISTS (SELECT 1 FROM tool_results ${join}
    WHERE tool_results.response_id = responses.id ${extra})`
  return [sql, ...parameters]
}

/** Conditions on columns that both generations have. */
function rowConditions(
  filter: LogFilter,
  { table, thread }: CallTable,
  { column }: LogTables,
): readonly Condition[] {
  const { model, conversation, schemaId, idAbove, idFrom } = filter
  const conditions: Condition[] = []
  if (model !== undefined) {
    const resolved = column(table, 'resolved_model')
    conditions.push([`(${table}.model = ? OR ${resolved} = ?)`, model, model])
  }
  if (conversation !== undefined) conditions.push([`${table}.${thread} = ?`, conversation])
  if (idAbove !== undefined) conditions.push([`${table}.id > ?`, idAbove])
  if (idFrom !== undefined) conditions.push([`${table}.id >= ?`, idFrom])
  if (schemaId !== undefined) conditions.push([`${column(table, 'schema_id')} = ?`, schemaId])
  return conditions
}

function source(
  calls: CallTable,
  from: string,
  rank: string,
  conditions: readonly Condition[],
): LogSource {
  const where = ['1', ...conditions.map(([sql]) => sql)].join(' AND ')
  const parameters = conditions.flatMap(([, ...values]) => values)
  const id = `${calls.table}.id`
  return { ...calls, sql: `FROM ${from} WHERE ${where}`, from, where, parameters, id, rank }
}
