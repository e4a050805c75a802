import type { RecordedAnswer } from '../../port/batch-store.js'
import type { Prompt } from '../../row/prompt.js'
import type { Statements } from '../database/database.js'
import { noteRecordedPlace } from './batch-rows.js'
import { keptHash } from './kept-hash.js'
import { firstWithin, type UnclaimedRowsOptions, unclaimedRows } from './unclaimed-rows.js'
import { type AnswerColumns, answerColumns, recordedAnswer } from './usage-columns.js'

/** Gives the answers of earlier runs to the prompts of one run. */
export interface AnswerClaims {
  /** See `recall` of the port. */
  readonly claim: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
  /**
   * Takes the place of every earlier row that no prompt of this run has claimed. A later run can
   * recall its answer; its failure is deleted.
   */
  readonly releaseUnclaimed: (statements: Statements) => Promise<void>
}

interface AnsweredRow extends AnswerColumns {
  readonly row_index: number
  readonly prompt_hash: string
}

const selectAnswered = `
  SELECT row_index, prompt_hash, ${answerColumns} FROM batch_rows
  WHERE batch_id = ?1 AND row_index BETWEEN ?2 AND ?3 AND run < ?4
    AND status = 'answered' AND response IS NOT NULL
  ORDER BY row_index`
const selectBytes = `
  SELECT sum(octet_length(response)) AS bytes FROM batch_rows
  WHERE batch_id = ?1 AND row_index BETWEEN ?2 AND ?3 AND run < ?4`
const deleteFailures = `
  DELETE FROM batch_rows WHERE batch_id = ?1 AND status = 'failed' AND run < ?2`
const deleteForgotten = `
  DELETE FROM batch_rows WHERE batch_id = ?1 AND run < ?2 AND row_index >= ?3 AND response IS NULL`
const releaseFrom = `
  UPDATE batch_rows SET ${noteRecordedPlace}, row_index = NULL
  WHERE batch_id = ?1 AND run < ?2 AND row_index >= ?3`

/**
 * Gives each answer of earlier runs at most once.
 *
 * As long as every answer belongs to the row at its index, as in an unedited input, rows and
 * prompts are read side by side and nothing is written: the claimed answers are those before
 * `position`. From the first mismatch on, answers are looked up by hash. Only this process knows
 * what is claimed, and moves are transactions: after a kill at any moment, the next run finds every
 * answer, each once.
 */
export function answerClaims(options: UnclaimedRowsOptions): AnswerClaims {
  const { database, batchId, run } = options
  const unclaimed = unclaimedRows(options)
  let position = 0
  let isInPlace = true
  let isLoaded = false
  let last: Promise<unknown> = Promise.resolve()

  return {
    claim(prompts) {
      const claimed = last.then(() => claimGroup(prompts))
      last = claimed.catch(() => undefined)
      return claimed
    },
    async releaseUnclaimed(statements) {
      await statements.run(deleteFailures, [batchId, run])
      await statements.run(deleteForgotten, [batchId, run, isInPlace ? position : 0])
      if (isInPlace) await statements.run(releaseFrom, [batchId, run, position])
      else await unclaimed.release(statements)
    },
  }

  async function claimGroup(
    given: readonly Prompt[],
  ): Promise<readonly (RecordedAnswer | undefined)[]> {
    if (given.length === 0 || unclaimed.isEmpty()) return given.map(() => undefined)
    if (!isInPlace) return unclaimed.claim(given)
    const { first: prompts } = await firstWithin(given, lengthInPlace)
    const inPlace = await claimInPlace(prompts)
    if (inPlace.length === prompts.length) return inPlace
    await unclaimed.loadFrom(position)
    isInPlace = false
    return [...inPlace, ...(await unclaimed.claim(prompts.slice(inPlace.length)))]
  }

  async function lengthInPlace(prompts: readonly Prompt[]): Promise<{ readonly bytes: number }> {
    const last = prompts.at(-1)?.row.index ?? position
    const [sum] = await database.all<{ bytes: number | null }>(selectBytes, [
      ...[batchId, position, last, run],
    ])
    return { bytes: sum?.bytes ?? 0 }
  }

  /** Answers up to the first prompt whose row has no answer, or the answer of another prompt. */
  async function claimInPlace(
    prompts: readonly Prompt[],
  ): Promise<readonly (RecordedAnswer | undefined)[]> {
    const rows = await database.all<AnsweredRow>(selectAnswered, [
      batchId,
      position,
      prompts.at(-1)?.row.index ?? position,
      run,
    ])
    const fitting = fitRows(prompts, rows)
    const missing = prompts.slice(0, fitting.length).filter((_, at) => fitting[at] === undefined)
    const firstLater = await firstAnsweredLater(missing)
    const end = prompts.findIndex(({ row }) => row.index === firstLater)
    const inPlace = end === -1 ? fitting : fitting.slice(0, end)
    const lastIndex = prompts[inPlace.length - 1]?.row.index
    if (lastIndex !== undefined) position = lastIndex + 1
    return inPlace
  }

  async function firstAnsweredLater(missing: readonly Prompt[]): Promise<number | undefined> {
    if (missing.length === 0) return undefined
    // Only once: later, an answer leaves the loaded set only when it is passed.
    if (!isLoaded) await unclaimed.loadFrom(position)
    isLoaded = true
    return unclaimed.isEmpty() ? undefined : unclaimed.firstAnsweredLater(missing)
  }
}

/**
 * For each prompt the row at its index, or undefined if there is none. Ends at the first mismatch.
 */
function fitRows(
  prompts: readonly Prompt[],
  rows: readonly AnsweredRow[],
): (RecordedAnswer | undefined)[] {
  const fitting: (RecordedAnswer | undefined)[] = []
  let next = 0
  for (const { hash, row } of prompts) {
    const kept = rows[next]
    if (kept === undefined || kept.row_index > row.index) {
      fitting.push(undefined)
    } else {
      const isAlone = rows[next + 1]?.row_index !== kept.row_index
      if (kept.row_index !== row.index || kept.prompt_hash !== keptHash(hash) || !isAlone) break
      fitting.push(recordedAnswer(kept))
      next += 1
    }
  }
  return fitting
}
