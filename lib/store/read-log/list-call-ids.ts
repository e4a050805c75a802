import { type BatchError, runError } from '../../error/batch-error.js'
import type { LogFilter } from '../../port/llm-log.js'
import { resultCode, sqliteResult } from '../database/connection.js'
import type { SqlValue, Statements } from '../database/database.js'
import { listBatchCalls } from './list-batch-calls.js'
import { firstPageIds, type LogSource, logSources, pageIds } from './log-source.js'
import type { LogTables } from './log-tables.js'

/** A page of matches costs a whole search, so there are few of them. */
const pageMatches = 50_000
/** Greater than every id. */
const greatest = '\u{10ffff}'

interface IdRow {
  readonly id: string
}

interface MatchRow extends IdRow {
  readonly rank: number
}

/**
 * The ids of the calls that a filter lets pass, in the filter's order, page by page.
 *
 * Each page is one statement that continues after the last id, so nothing stays open between pages,
 * and memory does not grow with the log. Only a page of a search continues after a number of
 * matches: a call that is logged meanwhile may move the matches after the first 50,000.
 */
export async function* listCallIds(
  database: Statements,
  tables: LogTables,
  filter: LogFilter,
): AsyncGenerator<readonly string[]> {
  let left = filter.count ?? Number.POSITIVE_INFINITY
  try {
    for await (const page of pagesOf(database, tables, filter)) {
      yield page.slice(0, left)
      left -= page.length
      if (left <= 0) return
    }
  } catch (error) {
    const { cause } = error as Error
    const isOfQuery = filter.query !== undefined && resultCode(cause) === sqliteResult.error
    throw isOfQuery ? queryInvalid(cause as Error) : error
  }
}

/** FTS5 says what is wrong with a query, as `fts5: syntax error near "("`. */
function queryInvalid(cause: Error): BatchError {
  return runError(
    'USAGE_INVALID',
    `Invalid search query: ${cause.message.replace(/^SQLITE_ERROR: /, '')}.`,
    'Put words with other characters than letters and digits into double quotes, as in: -q \'"gpt-4o"\'. See https://sqlite.org/fts5.html#full_text_query_syntax',
    cause,
  )
}

async function* pagesOf(
  database: Statements,
  tables: LogTables,
  filter: LogFilter,
): AsyncGenerator<readonly string[]> {
  const { batch, count, order } = filter
  const sources = logSources(filter, tables)
  if (sources.length === 0) return
  if (batch !== undefined) {
    if (tables.has('batch_rows')) yield* listBatchCalls(database, sources, batch)
    return
  }
  if (order === 'best') {
    const ranked = sources.map(source => matchesOf(database, source, count))
    yield* mergeMatches(ranked)
    return
  }
  if (order === 'newest' || count === undefined) {
    yield* idPages(database, sources, order === 'newest' ? 'DESC' : 'ASC')
    return
  }
  const first = await firstOfNewest(database, sources, count)
  if (first === undefined) return
  yield* idPages(database, logSources({ ...filter, idFrom: first }, tables), 'ASC')
}

/** The least id of the `count` greatest. */
async function firstOfNewest(
  database: Statements,
  sources: readonly LogSource[],
  count: number,
): Promise<string | undefined> {
  const { sql, parameters } = idPage(sources, 'DESC', greatest, count)
  const [row] = await database.all<{ id: string | null }>(
    `SELECT min(id) AS id FROM (${sql})`,
    parameters,
  )
  return row?.id ?? undefined
}

async function* idPages(
  database: Statements,
  sources: readonly LogSource[],
  direction: 'ASC' | 'DESC',
): AsyncGenerator<readonly string[]> {
  let last = direction === 'ASC' ? '' : greatest
  let most = firstPageIds
  for (;;) {
    const { sql, parameters } = idPage(sources, direction, last, most)
    const rows = await database.all<IdRow>(sql, parameters)
    yield rows.map(({ id }) => id)
    if (rows.length < most) return
    last = (rows.at(-1) as IdRow).id
    most = pageIds
  }
}

/** The next ids after `last`, of all generations together. */
function idPage(
  sources: readonly LogSource[],
  direction: 'ASC' | 'DESC',
  last: string,
  most: number,
): { readonly sql: string; readonly parameters: readonly SqlValue[] } {
  const sides = sources.map(
    ({ sql, id }) =>
      `SELECT * FROM (SELECT ${id} AS id ${sql} AND ${id} ${direction === 'ASC' ? '>' : '<'} ?
        ORDER BY ${id} ${direction} LIMIT ?)`,
  )
  return {
    sql: `SELECT id FROM (${sides.join(' UNION ALL ')}) ORDER BY id ${direction} LIMIT ?`,
    parameters: [...sources.flatMap(({ parameters }) => [...parameters, last, most]), most],
  }
}

async function* matchesOf(
  database: Statements,
  { sql, parameters, id, rank }: LogSource,
  count = Number.POSITIVE_INFINITY,
): AsyncGenerator<MatchRow> {
  for (let offset = 0; offset < count; offset += pageMatches) {
    const most = Math.min(pageMatches, count - offset)
    const rows = await database.all<MatchRow>(
      `SELECT ${id} AS id, ${rank} AS rank ${sql} ORDER BY ${rank} LIMIT ? OFFSET ?`,
      [...parameters, most, offset],
    )
    yield* rows
    if (rows.length < most) return
  }
}

/**
 * Puts the matches of the generations into one order. Ranks of two indexes are not quite
 * comparable; llm merges them in the same way.
 */
async function* mergeMatches(
  ranked: readonly AsyncGenerator<MatchRow>[],
): AsyncGenerator<readonly string[]> {
  const heads = await Promise.all(ranked.map(matches => matches.next()))
  let page: string[] = []
  for (;;) {
    let best: number | undefined
    for (const [at, head] of heads.entries()) {
      const found = best === undefined ? undefined : heads[best]
      if (!head.done && (found === undefined || head.value.rank < found.value.rank)) best = at
    }
    if (best === undefined) break
    page.push((heads[best] as IteratorYieldResult<MatchRow>).value.id)
    heads[best] = await (ranked[best] as AsyncGenerator<MatchRow>).next()
    if (page.length < firstPageIds) continue
    yield page
    page = []
  }
  yield page
}
