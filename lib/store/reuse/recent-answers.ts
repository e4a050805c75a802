import type { Answered, Outcome, ReuseKind } from '../../row/outcome.js'
import { keptHash } from '../batches/kept-hash.js'
import { isRecorded } from '../journal/journal-entries.js'

/** The answers that are in the journal, and not in the database yet. */
export interface RecentAnswers {
  /** Takes outcomes once they are appended. */
  readonly appended: (outcomes: readonly Outcome[]) => void
  /** Drops the oldest rows, so many: the database has them. */
  readonly written: (rows: number) => void
  /** By the kept hash of a prompt. */
  readonly find: (key: string) => RecentAnswer | undefined
}

export interface RecentAnswer {
  /** Absent if the text is not kept: the database will have it. */
  readonly text: string | undefined
  readonly from: ReuseKind
}

export interface RecentAnswersOptions {
  /** Most characters that are kept in all; 4 million if absent. */
  readonly mostCharacters?: number
}

/** One answer for each row of the journal, in order; `failed` for a row without one. */
interface RecentRow extends RecentAnswer {
  readonly key: string
}

/**
 * Many short answers wait in the journal, and few long ones: these are not kept in memory a second
 * time.
 */
export function recentAnswers({
  mostCharacters = 4_000_000,
}: RecentAnswersOptions = {}): RecentAnswers {
  const rows: (RecentRow | 'failed')[] = []
  const byKey = new Map<string, RecentRow>()
  let characters = 0

  return {
    appended(outcomes) {
      for (const outcome of outcomes) {
        if (!isRecorded(outcome)) continue
        if (outcome.kind === 'failed') rows.push('failed')
        else add(outcome)
      }
    },
    written(count) {
      for (const row of rows.splice(0, count)) {
        if (row === 'failed') continue
        characters -= row.text?.length ?? 0
        // A later row may have an answer to the same prompt.
        if (byKey.get(row.key) === row) byKey.delete(row.key)
      }
    },
    find: key => byKey.get(key),
  }

  function add({ prompt, answer: { text }, reused }: Answered): void {
    const key = keptHash(prompt.hash)
    const isKept = characters + text.length <= mostCharacters
    const from = reused === 'cached' ? reused : 'equal'
    const row = { key, text: isKept ? text : undefined, from } as const
    if (isKept) characters += text.length
    rows.push(row)
    const known = byKey.get(key)
    // The database has the first of equal answers soonest.
    if (known === undefined || (isKept && known.text === undefined)) byKey.set(key, row)
  }
}
