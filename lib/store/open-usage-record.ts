import { existsSync } from 'node:fs'
import type {
  AskedDigests,
  EarlierCall,
  EarlierCallsQuery,
  UsageRecord,
} from '../port/usage-record.js'
import type { Database } from './database/database.js'
import { tableNames } from './database/migration-record.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'
import { billedStatement } from './llm-log/billed-prompts.js'

/** Batches that are looked at. */
const mostBatches = 20
/** Hashes read at once. */
const pageRows = 50_000

const selectBatches = `
  SELECT id, config FROM batch_runs WHERE model = ? ORDER BY created_at DESC, rowid DESC LIMIT 500`
const selectLastIndex = 'SELECT max(row_index) AS last FROM batch_rows WHERE batch_id = ?'
// By the index of places: as many look-ups as rows are wanted, however many rows there are.
const fromPlaces = `
  FROM json_each(?2) AS place CROSS JOIN batch_rows AS called
  ON called.batch_id = ?1 AND called.row_index = place.value`
const selectCalls = `
  SELECT input_tokens AS inputTokens, output_tokens AS outputTokens, duration_ms AS durationMs
  ${fromPlaces} WHERE called.status = 'answered' AND called.output_tokens IS NOT NULL`
const selectHashes = `
  SELECT row_index, run, prompt_hash FROM batch_rows
  WHERE batch_id = ?1 AND (row_index, run) > (?2, ?3)
    AND status = 'answered' AND response IS NOT NULL
  ORDER BY row_index, run LIMIT ${pageRows}`
const selectUnplacedHashes = `
  SELECT prompt_hash FROM batch_rows
  WHERE batch_id = ? AND row_index IS NULL AND status = 'answered' AND response IS NOT NULL`

interface PlacedHash {
  readonly row_index: number
  readonly run: number
  readonly prompt_hash: string
}

/**
 * Opens the recorded usage for reading. If the file or our tables do not exist, nothing is
 * recorded.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`.
 */
export async function openUsageRecord(
  options: Omit<OpenDatabaseOptions, 'isReadOnly'>,
): Promise<UsageRecord> {
  if (!existsSync(options.path)) return nothingRecorded()
  const database = await openDatabase({ ...options, isReadOnly: true })
  const tables = await tableNames(database)
  if (tables.has('batch_runs')) return usageRecord(database, tables)
  await database.close()
  return nothingRecorded()
}

function usageRecord(database: Database, tables: ReadonlySet<string>): UsageRecord {
  const selectBilled = billedStatement(tables, fromPlaces)
  return {
    earlierCalls: query => spreadRows<EarlierCall>(query, selectCalls, isAsked(query)),
    billedPrompts: async query =>
      selectBilled === undefined ? [] : spreadRows(query, selectBilled, isBareText),
    async *answeredHashes(batchId) {
      let last: Pick<PlacedHash, 'row_index' | 'run'> = { row_index: -1, run: 0 }
      for (;;) {
        const page = await database.all<PlacedHash>(selectHashes, [
          batchId,
          last.row_index,
          last.run,
        ])
        yield page.map(({ prompt_hash }) => prompt_hash)
        const end = page.at(-1)
        if (end === undefined || page.length < pageRows) break
        last = end
      }
      const unplaced = await database.all<{ prompt_hash: string }>(selectUnplacedHashes, [batchId])
      yield unplaced.map(({ prompt_hash }) => prompt_hash)
    },
    close: () => database.close(),
  }

  async function spreadRows<Found>(
    query: EarlierCallsQuery,
    sql: string,
    isMeant: (asked: Partial<AskedDigests>) => boolean,
  ): Promise<Found[]> {
    const ids = await batchIds(query.model, isMeant)
    const found: Found[] = []
    for (const id of ids) {
      const [{ last } = { last: null }] = await database.all<{ last: number | null }>(
        selectLastIndex,
        [id],
      )
      if (last === null) continue
      const places = spreadPlaces(last + 1, Math.ceil(query.most / ids.length))
      found.push(...(await database.all<Found>(sql, [id, JSON.stringify(places)])))
    }
    return found.map(one => ({ ...one }))
  }

  async function batchIds(
    model: string,
    isMeant: (asked: Partial<AskedDigests>) => boolean,
  ): Promise<readonly string[]> {
    const batches = await database.all<{ id: string; config: string }>(selectBatches, [model])
    const meant = batches.filter(({ config }) => {
      const asked = recordedAsked(config)
      return asked !== undefined && isMeant(asked)
    })
    return meant.slice(0, mostBatches).map(({ id }) => id)
  }
}

function isAsked({ asked }: EarlierCallsQuery): (recorded: Partial<AskedDigests>) => boolean {
  if (asked === undefined) return () => true
  const members = ['template', 'system', 'schema', 'tools'] as const
  return recorded => members.every(member => recorded[member] === asked[member])
}

/** A schema and tools are billed, and may be longer than all texts. */
function isBareText({ schema, tools }: Partial<AskedDigests>): boolean {
  return schema === undefined && tools === undefined
}

function recordedAsked(config: string): Partial<AskedDigests> | undefined {
  try {
    return (JSON.parse(config) as { asked?: Partial<AskedDigests> }).asked
  } catch {
    return undefined // A row that somebody has edited tells nothing.
  }
}

/** Indices below `rows`, evenly spread, `most` at most. */
function spreadPlaces(rows: number, most: number): readonly number[] {
  const count = Math.min(rows, most)
  return Array.from({ length: count }, (_, at) => Math.floor(((at + 0.5) * rows) / count))
}

function nothingRecorded(): UsageRecord {
  return {
    earlierCalls: async () => [],
    billedPrompts: async () => [],
    async *answeredHashes() {},
    close: async () => {},
  }
}
