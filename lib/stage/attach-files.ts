import type { Duplex } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { PromptOrOutcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { groupStage } from './group-stage.js'

export interface AttachFilesOptions {
  /**
   * Returns the prompt with the attachments of its row. Rejects with a BatchError of reach `row`
   * for a row that cannot be asked.
   */
  readonly attach: (prompt: Prompt) => Promise<Prompt>
  /** After this, rows are skipped, and none is waited for. */
  readonly stopping?: AbortSignal | undefined
  /** Rows whose attachments are looked for at the same time; 16 if absent. */
  readonly atOnce?: number
}

/**
 * Groups of Prompts in; for each, the prompt with its attachments out, or a failed Outcome if they
 * are missing or wrong, in the same order. Outcomes in the input pass through untouched.
 *
 * One group is worked on at a time, and the next is taken when the reader has taken that one.
 *
 * @example
 *     const attach = async prompt => ({ ...prompt, system: `Row ${prompt.row.index}` })
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       attachFiles({ attach }),
 *       invokeModel({ calls }),
 *       writeRows('out.jsonl'),
 *     )
 */
export function attachFiles({ attach, stopping, atOnce = 16 }: AttachFilesOptions): Duplex {
  let group: readonly PromptOrOutcome[] | undefined
  let isWorking = false
  const stopped = new Promise<void>(resolve => {
    if (stopping?.aborted) resolve()
    stopping?.addEventListener('abort', () => resolve(), { once: true })
  })

  const { stage, give, unread, advance } = groupStage<PromptOrOutcome, PromptOrOutcome>({
    take(taken) {
      group = taken
    },
    hasRoom: isDone,
    isIdle: isDone,
    work() {
      if (isWorking || group === undefined || unread() > 0) return
      isWorking = true
      const taken = group
      attachAll(taken).then(
        attached => {
          isWorking = false
          group = undefined
          give(attached)
          advance()
        },
        error => void stage.destroy(error),
      )
    },
  })
  return stage

  function isDone(): boolean {
    return group === undefined
  }

  async function attachAll(given: readonly PromptOrOutcome[]): Promise<readonly PromptOrOutcome[]> {
    // Without its attachments, a prompt must not go on: it would be taken for another.
    const attached: PromptOrOutcome[] = given.map(one =>
      one.kind === 'prompt' ? { kind: 'skipped', row: one.row } : one,
    )
    let next = 0
    const work = async (): Promise<void> => {
      while (next < given.length && !stopping?.aborted) {
        const index = next++
        const one = given[index] as PromptOrOutcome
        if (one.kind === 'prompt') attached[index] = await attachOne(one)
      }
    }
    const workers = Array.from({ length: Math.min(atOnce, given.length) }, work)
    await Promise.race([Promise.all(workers), stopped])
    // A worker that is late after a stop changes its own list only.
    return [...attached]
  }

  async function attachOne(prompt: Prompt): Promise<PromptOrOutcome> {
    try {
      return await attach(prompt)
    } catch (error) {
      if (!BatchError.isInstance(error) || error.reach !== 'row') throw error
      return { kind: 'failed', row: prompt.row, error, attempts: 0 }
    }
  }
}
