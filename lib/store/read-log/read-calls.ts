import type { LogFilter, LoggedCall } from '../../port/llm-log.js'
import type { Database } from '../database/database.js'
import type { CallPage } from './call-page.js'
import { listCallIds } from './list-call-ids.js'
import type { LogTables } from './log-tables.js'
import { readLegacyCalls } from './read-legacy-calls.js'
import { readTurns } from './read-turns.js'

/** The first calls are shown at once. */
const firstCalls = 8
const mostCalls = 256
/** Characters of the calls that are read together, if their sizes stay alike. */
const wantedCharacters = 1_000_000

/**
 * Reads calls in the order of a filter. See `LlmLog.readCalls`.
 *
 * Calls are read in pages of about a megabyte. A call's texts are put together only when it is its
 * turn, so that calls with the same large fragment do not each hold a copy.
 */
export async function* readCalls(
  database: Database,
  tables: LogTables,
  filter: LogFilter,
): AsyncGenerator<LoggedCall> {
  let most = firstCalls
  for await (const ids of listCallIds(database, tables, filter)) {
    for (let at = 0; at < ids.length; ) {
      const asked = ids.slice(at, at + most)
      const pages = await readPages(database, tables, asked)
      for (const id of asked) {
        const page = pages.find(page => page.has(id))
        // Between the two statements, somebody may have removed the call.
        if (page !== undefined) yield page.make(id)
      }
      at += asked.length
      most = nextMost(asked.length, pages)
    }
  }
}

async function readPages(
  database: Database,
  tables: LogTables,
  ids: readonly string[],
): Promise<readonly CallPage[]> {
  const turns = tables.hasTurns ? await readTurns(database, tables, ids) : undefined
  const left = ids.filter(id => !turns?.has(id))
  const pages = turns === undefined ? [] : [turns]
  if (!tables.hasResponses || left.length === 0) return pages
  return [...pages, await readLegacyCalls(database, tables, left)]
}

function nextMost(count: number, pages: readonly CallPage[]): number {
  const characters = pages.reduce((sum, page) => sum + page.characters, 1)
  const fitting = Math.floor((count * wantedCharacters) / characters)
  return Math.max(1, Math.min(mostCalls, count * 8, fitting))
}
