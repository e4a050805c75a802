/**
 * What `llm batch` promises of a batch over all of its runs, whatever happens to them, as a plain
 * model: counts of prompts, and nothing of files, databases or processes.
 *
 * - An answer that is recorded is recalled: equal prompts have as many answers as rows that asked
 *   them, and the first of these rows have the recorded ones. Every other row is asked: new,
 *   edited, failed.
 * - A recorded answer stays recorded, whatever becomes of its row.
 * - A run that ends in order records every answer that came. One that is cut off (killed, told
 *   twice to stop) loses at most as many as it had calls in flight.
 */

/**
 * A row of the input. Its prompt is its word; `bad …` is always refused, `flaky …` while the server
 * is unwell.
 */
export interface ModelRow {
  readonly id: number
  readonly word: string
}

/**
 * What must become of a row; `either` where a kill left it open whether its answer was recorded.
 */
export type Fate = 'answered' | 'failed' | 'either'

/** What was seen of a run. */
export interface SeenRun {
  /** The rows that it was to take: those that `--limit` let through. */
  readonly rows: readonly ModelRow[]
  readonly isUnwell: boolean
  /** Calls that the server got, by word. */
  readonly calls: ReadonlyMap<string, number>
  /**
   * `whole`: every one of the rows had its turn. `early`: stopped, and what was in flight came to
   * its end.
   */
  readonly end: 'whole' | 'early' | 'cut-off'
  /** Calls of which the answers may be lost: as many as were in flight when it was cut off. */
  readonly mayBeLost: number
  /** Calls that another process, thought dead, may have made meanwhile. */
  readonly strays?: number
}

export interface BatchModel {
  /** What becomes of each row in a run that comes to its end. */
  readonly fates: (rows: readonly ModelRow[], isUnwell: boolean) => readonly Fate[]
  /** How many calls a run that comes to its end makes at least. */
  readonly leastCalls: (rows: readonly ModelRow[]) => number
  /** Takes note of a run. @throws when it broke a promise. */
  readonly see: (run: SeenRun) => void
  /** Answers that are recorded now, in all. */
  readonly recorded: () => Bounds
  /** Answers that were recorded at any time, those too that were paid for twice. */
  readonly logged: () => Bounds
}

export interface Bounds {
  readonly least: number
  readonly most: number
}

const none: Bounds = { least: 0, most: 0 }

export function batchModel(): BatchModel {
  const recorded = new Map<string, Bounds>()
  /** The most rows with that prompt that a run has taken: so often it may be paid for. */
  const needed = new Map<string, number>()
  const paid = new Map<string, number>()
  let lost = 0

  return {
    fates(rows, isUnwell) {
      const met = new Map<string, number>()
      return rows.map(({ word }) => {
        const earlier = met.get(word) ?? 0
        met.set(word, earlier + 1)
        if (!isRefused(word, isUnwell)) return 'answered'
        const { least, most } = recorded.get(word) ?? none
        if (earlier < least) return 'answered'
        return earlier >= most ? 'failed' : 'either'
      })
    },

    leastCalls: rows =>
      sum([...countWords(rows)].map(([word, count]) => missing(word, count).least)),

    see({ rows, isUnwell, calls, end, mayBeLost, strays = 0 }) {
      const counts = countWords(rows)
      for (const word of new Set([...counts.keys(), ...calls.keys()])) {
        const count = counts.get(word) ?? 0
        const asked = calls.get(word) ?? 0
        const { least, most } = missing(word, count)
        if (asked > most + strays) {
          throw new Error(`"${word}" was asked ${asked} times, and ${most} answers were missing`)
        }
        if (end === 'whole' && asked < least) {
          throw new Error(`"${word}" was asked ${asked} times, and ${least} answers were missing`)
        }
        if (!isRefused(word, isUnwell)) take(word, { count, asked, end, strays })
      }
      lost += mayBeLost + strays
      const repeated = sum(
        [...paid].map(([word, count]) => Math.max(0, count - (needed.get(word) ?? 0))),
      )
      if (repeated > lost) {
        throw new Error(`${repeated} calls were repeated, and at most ${lost} were lost`)
      }
    },

    recorded() {
      const most = sum([...recorded.values()].map(bounds => bounds.most))
      return { least: sum([...recorded.values()].map(bounds => bounds.least)), most }
    },

    logged() {
      const most = sum([...paid.values()])
      return { least: most - lost, most }
    },
  }

  /** How many of `count` rows with that prompt have no recorded answer. */
  function missing(word: string, count: number): Bounds {
    const { least, most } = recorded.get(word) ?? none
    return { least: Math.max(0, count - most), most: Math.max(0, count - least) }
  }

  function take(word: string, { count, asked, end, strays }: Asked): void {
    needed.set(word, Math.max(count, needed.get(word) ?? 0))
    paid.set(word, asked + (paid.get(word) ?? 0))
    const { least, most } = recorded.get(word) ?? none
    if (end === 'cut-off') recorded.set(word, { least, most: most + asked })
    else if (end === 'early') recorded.set(word, { least: least + asked, most: most + asked })
    else if (strays > 0) recorded.set(word, { least: Math.max(least, count), most: most + asked })
    else recorded.set(word, { least: Math.max(least, count), most: asked > 0 ? count : most })
  }
}

interface Asked {
  readonly count: number
  readonly asked: number
  readonly end: SeenRun['end']
  readonly strays: number
}

function isRefused(word: string, isUnwell: boolean): boolean {
  return word.startsWith('bad') || (word.startsWith('flaky') && isUnwell)
}

function countWords(rows: readonly ModelRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { word } of rows) counts.set(word, 1 + (counts.get(word) ?? 0))
  return counts
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
