import type { RecordedAnswer } from '../../port/batch-store.js'
import type { Prompt } from '../../row/prompt.js'
import type { Database, Statements } from '../database/database.js'
import { temporaryOnDisk } from '../database/temporary-on-disk.js'
import { noteRecordedPlace } from './batch-rows.js'
import { keptHash } from './kept-hash.js'
import { type AnswerColumns, answerColumns, recordedAnswer } from './usage-columns.js'

export interface UnclaimedRowsOptions {
  readonly database: Database
  readonly batchId: string
  /** The present run. */
  readonly run: number
  /** Unique name of the temporary table: statements with the name are kept prepared. */
  readonly table: string
}

/**
 * Recorded answers of earlier runs that this run has not given yet, found by the hash of their
 * prompts.
 */
export interface UnclaimedRows {
  /**
   * Loads the rows at `firstIndex` and after, and the rows without a place. A second call drops the
   * rows before `firstIndex`.
   */
  readonly loadFrom: (firstIndex: number) => Promise<void>
  /** Whether nothing is left; false before `load`. */
  readonly isEmpty: () => boolean
  /**
   * The first row index of these prompts for which a later row has the answer of an equal prompt.
   */
  readonly firstAnsweredLater: (prompts: readonly Prompt[]) => Promise<number | undefined>
  /**
   * The answer of each prompt. The first of equal prompts gets the first of their answers. An
   * answer from another index moves to the prompt's index.
   */
  readonly claim: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
  /** Takes the place of everything left. */
  readonly release: (statements: Statements) => Promise<void>
}

/** A recorded row by id; `key` is the kept hash of its prompt. */
interface KeptRow {
  readonly id: number
  readonly key: string
  readonly row_index: number
}

interface TextRow extends AnswerColumns {
  readonly id: number
}

const selectTexts = `
  SELECT id, ${answerColumns} FROM batch_rows WHERE id IN (SELECT value FROM json_each(?))`
const selectBytes = `
  SELECT sum(octet_length(response)) AS bytes FROM batch_rows WHERE id IN (SELECT value FROM json_each(?))`
const deleteFailuresAt = `
  DELETE FROM batch_rows WHERE id IN (
    SELECT failed.id FROM json_each(?1) AS given CROSS JOIN batch_rows AS failed
    ON failed.batch_id = ?3 AND failed.row_index = given.value ->> 1
    WHERE failed.status = 'failed' AND failed.run < ?2)`
const moveRows = `
  UPDATE batch_rows SET ${noteRecordedPlace}, row_index = given.value ->> 1, run = ?2
  FROM json_each(?1) AS given
  WHERE batch_rows.id = given.value ->> 0`
/** Sorts rows without a place after all others. */
const noPlace = 9_000_000_000_000_000

/**
 * The rows are in a temporary table on disk, which other processes neither see nor wait for. In
 * memory, a million rows take 230 MB. In such a run the statement journals, which `openDatabase`
 * keeps in memory, go to disk too.
 */
export function unclaimedRows(options: UnclaimedRowsOptions): UnclaimedRows {
  const { database, batchId, run } = options
  const sql = statementsOn(options.table)
  let left: number | undefined

  return {
    async loadFrom(firstIndex) {
      if (left === undefined) {
        await database.exec(sql.create)
        left = await database.run(sql.load, [batchId, run, firstIndex])
      } else {
        left -= await database.run(sql.dropBefore, [firstIndex])
      }
    },
    isEmpty: () => left === 0,
    async firstAnsweredLater(prompts) {
      const places = JSON.stringify(prompts.map(({ hash, row }) => [keptHash(hash), row.index]))
      const [first] = await database.all<{ row_index: number | null }>(sql.firstLater, [places])
      return first?.row_index ?? undefined
    },
    async claim(given) {
      const { first, found } = await firstWithin(given, async prompts => {
        const picked = await pick(prompts)
        return { picked, bytes: await bytesOf([...picked.values()]) }
      })
      const { picked } = found
      const texts = await readTexts([...picked.values()])
      await settle(picked)
      return first.map(prompt => texts.get(picked.get(prompt)?.id ?? -1))
    },
    async release(statements) {
      await statements.run(sql.release, [])
    },
  }

  async function bytesOf(rows: readonly KeptRow[]): Promise<number> {
    if (rows.length === 0) return 0
    const ids = JSON.stringify(rows.map(({ id }) => id))
    const [sum] = await database.all<{ bytes: number | null }>(selectBytes, [ids])
    return sum?.bytes ?? 0
  }

  /** For each prompt in turn, a row with its key, each row once. */
  async function pick(prompts: readonly Prompt[]): Promise<ReadonlyMap<Prompt, KeptRow>> {
    const picked = new Map<Prompt, KeptRow>()
    if (prompts.length === 0 || left === 0) return picked
    const candidates = await findCandidates(prompts.map(({ hash }) => keptHash(hash)))
    for (const prompt of prompts) {
      const row = candidates.get(keptHash(prompt.hash))?.shift()
      if (row !== undefined) picked.set(prompt, row)
    }
    return picked
  }

  /** Rows by key, in the order of their indices, no more than are needed. */
  async function findCandidates(keys: readonly string[]): Promise<Map<string, KeptRow[]>> {
    const counts = new Map<string, number>()
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    const once = [...counts.keys()].filter(key => counts.get(key) === 1)
    const often = [...counts.keys()].filter(key => counts.get(key) !== 1)
    const lowest = await lowestOf(once, 1)
    const lowestOfEqual = await lowestOf(often, Math.max(...counts.values()))
    const byKey = new Map<string, KeptRow[]>()
    for (const row of [...lowest, ...lowestOfEqual].sort((a, b) => a.row_index - b.row_index)) {
      const rows = byKey.get(row.key)
      if (rows === undefined) byKey.set(row.key, [row])
      else rows.push(row)
    }
    return byKey
  }

  async function lowestOf(keys: readonly string[], most: number): Promise<readonly KeptRow[]> {
    return keys.length === 0 ? [] : database.all(sql.lowest, [JSON.stringify(keys), most])
  }

  async function readTexts(rows: readonly KeptRow[]): Promise<ReadonlyMap<number, RecordedAnswer>> {
    if (rows.length === 0) return new Map()
    const texts = await database.all<TextRow>(selectTexts, [
      JSON.stringify(rows.map(({ id }) => id)),
    ])
    return new Map(texts.map(row => [row.id, recordedAnswer(row)]))
  }

  /** Answers that keep their index need no write: if this process dies, they are as before. */
  async function settle(picked: ReadonlyMap<Prompt, KeptRow>): Promise<void> {
    const claimed = [...picked.values()]
    if (claimed.length === 0) return
    const dropped = JSON.stringify(claimed.map(({ key, row_index, id }) => [key, row_index, id]))
    const moves = [...picked]
      .filter(([{ row }, { row_index }]) => row.index !== row_index)
      .map(([{ row }, { id }]) => [id, row.index])
    const drop = (statements: Statements) => statements.run(sql.drop, [dropped])
    if (moves.length === 0) await drop(database)
    else {
      await database.transaction(async statements => {
        await statements.run(deleteFailuresAt, [JSON.stringify(moves), run, batchId])
        await statements.run(moveRows, [JSON.stringify(moves), run])
        await drop(statements)
      })
    }
    left = (left ?? 0) - claimed.length
  }
}

function statementsOn(table: string) {
  return {
    create: `
      ${temporaryOnDisk}
      CREATE TEMP TABLE ${table} (
        key TEXT, row_index INTEGER, id INTEGER, PRIMARY KEY (key, row_index, id)) WITHOUT ROWID`,
    // In the order of the table, so that each page is written once.
    load: `
      INSERT INTO ${table} (key, row_index, id)
      SELECT prompt_hash, coalesce(row_index, ${noPlace}) AS place, id FROM batch_rows
      WHERE batch_id = ?1 AND run < ?2 AND (row_index >= ?3 OR row_index IS NULL)
        AND prompt_hash <> '' AND status = 'answered' AND response IS NOT NULL
      ORDER BY prompt_hash, place, id`,
    dropBefore: `DELETE FROM ${table} WHERE row_index < ?`,
    firstLater: `
      SELECT min(asked.value ->> 1) AS row_index FROM json_each(?) AS asked WHERE EXISTS (
        SELECT 1 FROM ${table} AS kept
        WHERE kept.key = asked.value ->> 0 AND kept.row_index > asked.value ->> 1)`,
    lowest: `
      SELECT kept.* FROM json_each(?1) AS asked CROSS JOIN ${table} AS kept
      ON kept.key = asked.value AND kept.row_index <= (
        SELECT max(row_index) FROM (
          SELECT row_index FROM ${table} WHERE key = asked.value ORDER BY row_index LIMIT ?2))`,
    drop: `
      DELETE FROM ${table} WHERE (key, row_index, id) IN (
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))`,
    release: `
      UPDATE batch_rows SET ${noteRecordedPlace}, row_index = NULL
      WHERE row_index IS NOT NULL AND id IN (SELECT id FROM ${table})`,
  }
}

/** Bytes of answers in one result. */
const mostBytes = 16_000_000

/**
 * Looks up the first of these prompts, at least one, as long as their answers have only some
 * megabytes.
 */
export async function firstWithin<Found extends { readonly bytes: number }>(
  prompts: readonly Prompt[],
  find: (prompts: readonly Prompt[]) => Promise<Found>,
): Promise<{ readonly first: readonly Prompt[]; readonly found: Found }> {
  let first = prompts
  let found = await find(first)
  while (first.length > 1 && found.bytes > mostBytes) {
    first = first.slice(0, Math.ceil(first.length / 2))
    found = await find(first)
  }
  return { first, found }
}
