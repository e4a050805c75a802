import type { ReusedAnswer, ReuseScope } from '../../port/batch-store.js'
import type { Clock } from '../../port/clock.js'
import type { Outcome } from '../../row/outcome.js'
import type { Prompt } from '../../row/prompt.js'
import { keptHash } from '../batches/kept-hash.js'
import type { Database } from '../database/database.js'
import { cachedAnswers } from './cached-answers.js'
import { type FoundRow, ownAnswers } from './own-answers.js'
import { recentAnswers } from './recent-answers.js'

export interface AnswerReuseOptions {
  readonly database: Database
  readonly batchId: string
  readonly scope: ReuseScope
  /** Unique name of the run's temporary table. */
  readonly table: string
  readonly clock: Clock
  /** Resolves when the journal has room. Rejects once the database cannot be written. */
  readonly journalRoom: () => Promise<void> | undefined
}

/** Gives recorded answers to rows that have none, as often as they are needed. */
export interface AnswerReuse {
  /** See the port. */
  readonly reuse: (prompts: readonly Prompt[]) => Promise<readonly (ReusedAnswer | undefined)[]>
  /** Takes outcomes once the journal has them. */
  readonly appended: (outcomes: readonly Outcome[]) => void
  /** Call this when the database has the oldest rows of the journal, so many. */
  readonly written: (rows: number) => void
  /** Call this when the database cannot be written. */
  readonly failed: (error: unknown) => void
}

/** Bytes of answers in one result. */
const mostBytes = 16_000_000
const selectTexts = `
  SELECT id, response FROM batch_rows
  WHERE id IN (SELECT value FROM json_each(?)) AND typeof(response) = 'text'`

/** Where the answer to a prompt is: at hand, in a row, or nowhere. */
type AnswerPlace = ReusedAnswer | FoundRow | undefined

/** An answer of the batch itself comes before an answer from the cache. */
export function answerReuse(options: AnswerReuseOptions): AnswerReuse {
  const { database, batchId, scope, table, clock, journalRoom } = options
  const { isDeduping, cacheAgeMs } = scope
  const recent = isDeduping ? recentAnswers() : undefined
  const own = isDeduping ? ownAnswers({ database, batchId, table }) : undefined
  const cached =
    cacheAgeMs === undefined ? undefined : cachedAnswers({ database, batchId, cacheAgeMs, clock })
  /** Those who wait for the next write of the database. */
  let waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = []

  return {
    async reuse(prompts) {
      for (;;) {
        await journalRoom()
        const first = promptsAtHand(prompts)
        if (first.length > 0 || prompts.length === 0) return find(first)
        await nextWrite()
      }
    },
    appended(outcomes) {
      recent?.appended(outcomes)
    },
    written(rows) {
      recent?.written(rows)
      own?.outdate()
      for (const { resolve } of takeWaiting()) resolve()
    },
    failed(error) {
      for (const { reject } of takeWaiting()) reject(error)
    },
  }

  /** The prompts before the first whose answer neither the memory nor the database has yet. */
  function promptsAtHand(prompts: readonly Prompt[]): readonly Prompt[] {
    const end = prompts.findIndex(({ hash }) => {
      const found = recent?.find(keptHash(hash))
      return found !== undefined && found.text === undefined
    })
    return end === -1 ? prompts : prompts.slice(0, end)
  }

  async function find(prompts: readonly Prompt[]): Promise<readonly (ReusedAnswer | undefined)[]> {
    const places = await findPlaces(prompts.map(({ hash }) => keptHash(hash)))
    const first = withinBytes(places)
    const texts = await readTexts(first)
    return first.map(place => {
      if (place === undefined || 'text' in place) return place
      const text = texts.get(place.id)
      return text === undefined ? undefined : { text, from: place.from }
    })
  }

  async function findPlaces(keys: readonly string[]): Promise<readonly AnswerPlace[]> {
    const places = new Map<string, AnswerPlace>()
    // First, in the turn of the call: what leaves the memory later is in the database by then.
    for (const key of keys) {
      const { text, from = 'equal' } = recent?.find(key) ?? {}
      if (text !== undefined) places.set(key, { text, from })
    }
    for (const look of [own?.find, cached]) {
      const missing = [...new Set(keys)].filter(key => !places.has(key))
      const rows = look === undefined || missing.length === 0 ? [] : await look(missing)
      for (const row of rows) places.set(row.key, row)
    }
    return keys.map(key => places.get(key))
  }

  async function readTexts(places: readonly AnswerPlace[]): Promise<ReadonlyMap<number, string>> {
    const ids = new Set(places.flatMap(place => (place && 'id' in place ? [place.id] : [])))
    if (ids.size === 0) return new Map()
    const rows = await database.all<{ readonly id: number; readonly response: string }>(
      selectTexts,
      [JSON.stringify([...ids])],
    )
    return new Map(rows.map(({ id, response }) => [id, response]))
  }

  function nextWrite(): Promise<void> {
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  }

  function takeWaiting() {
    const taken = waiting
    waiting = []
    return taken
  }
}

/**
 * The first places, at least one, as long as their texts have only some megabytes: a text that many
 * rows share is written for each of them.
 */
function withinBytes(places: readonly AnswerPlace[]): readonly AnswerPlace[] {
  let bytes = 0
  const end = places.findIndex((place, at) => {
    if (place !== undefined) bytes += 'id' in place ? place.bytes : place.text.length
    return at > 0 && bytes > mostBytes
  })
  return end === -1 ? places : places.slice(0, end)
}
