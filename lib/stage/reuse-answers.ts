import type { Duplex } from 'node:stream'
import type { StopSwitch } from '../call/stop-switch.js'
import { BatchError } from '../error/batch-error.js'
import type { ReusedAnswer } from '../port/batch-store.js'
import type { Answered, PromptOrOutcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { EqualPrompts } from './equal-prompts.js'
import { groupStage } from './group-stage.js'

export interface ReuseAnswersOptions {
  /**
   * Returns recorded answers for prompts; undefined for a prompt without an answer. Equal prompts
   * may have the same answer. If answers are long, the result may cover only the first prompts, at
   * least one. The stage then calls again for the others.
   */
  readonly find: (prompts: readonly Prompt[]) => Promise<readonly (ReusedAnswer | undefined)[]>
  /**
   * If given, equal prompts are asked once. Its `ended` must be called with all outcomes, once
   * `find` can find the answers.
   */
  readonly equals?: EqualPrompts | undefined
  /**
   * Gets a stop request if `find` rejects with a BatchError, so that calls in flight are still
   * recorded; prompts then go on as they are. Without it, the stage fails.
   */
  readonly stop?: StopSwitch | undefined
}

/**
 * Groups of Prompts in; for each, an answered Outcome out if a recorded answer can be used, else
 * the prompt. Outcomes in the input pass through untouched.
 *
 * With `equals`, a row whose prompt is being asked for another row waits here, while other rows
 * pass it. When the other row has ended, the row that waits becomes an outcome. The rows that wait
 * are bounded. At the bound, nothing is read until some of them are released. So many equal rows
 * behind one slow call fill neither the memory nor the window of the calls.
 *
 * @example
 *     const latest = latestAnswers()
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       reuseAnswers({ find: latest.find }),
 *       invokeModel({ calls }),
 *       writeRows('out.jsonl'),
 *     )
 */
export function reuseAnswers({ find, equals, stop }: ReuseAnswersOptions): Duplex {
  /** The rest of the last group, and of the rows that waited; not looked up yet. */
  let fresh: readonly PromptOrOutcome[] = []
  let released: readonly PromptOrOutcome[] = []
  let isLooking = false
  let isLost = false

  const { stage, give, unread, advance } = groupStage<PromptOrOutcome, PromptOrOutcome>({
    take(group) {
      fresh = group
    },
    hasRoom: () => isDone() && equals?.hasRoom() !== false,
    isIdle: () => isDone() && equals?.isIdle() !== false,
    work() {
      if (isLooking || unread() > 0) return
      if (released.length === 0) released = equals?.takeReleased() ?? []
      // Rows that have waited go first, because they hold memory.
      if (released.length > 0) {
        look(released, rest => {
          released = rest
        })
      } else if (fresh.length > 0) {
        look(fresh, rest => {
          fresh = rest
        })
      }
    },
  })
  equals?.onRelease(advance)
  return stage

  function isDone(): boolean {
    return !isLooking && fresh.length === 0 && released.length === 0
  }

  function look(
    given: readonly PromptOrOutcome[],
    keepRest: (rest: readonly PromptOrOutcome[]) => void,
  ): void {
    isLooking = true
    // In the same turn as the look-up: a prompt that is not held has ended, and is in the record.
    const open = given.map(holdEqual).filter(one => one !== undefined)
    lookUp(open).then(
      passed => {
        isLooking = false
        keepRest(open.slice(passed.length))
        give(passed.map(holdOrBegin).filter(one => one !== undefined))
        advance()
      },
      error => void stage.destroy(error),
    )
  }

  function holdEqual(one: PromptOrOutcome): PromptOrOutcome | undefined {
    const held = one.kind === 'prompt' ? equals?.hold(one) : undefined
    return held === 'waits' ? undefined : (held ?? one)
  }

  /** A prompt without an answer is asked for its first row. */
  function holdOrBegin(one: PromptOrOutcome): PromptOrOutcome | undefined {
    if (one.kind !== 'prompt') return one
    const open = holdEqual(one)
    if (open === one) equals?.begin(one)
    return open
  }

  /** The first of the given rows, with the answers that are found. */
  async function lookUp(given: readonly PromptOrOutcome[]): Promise<readonly PromptOrOutcome[]> {
    const prompts = given.filter(one => one.kind === 'prompt')
    if (prompts.length === 0 || isLost) return given
    const answers = await find(prompts).catch(lose)
    if (answers === undefined) return given
    const settled: PromptOrOutcome[] = []
    let next = 0
    for (const one of given) {
      if (one.kind !== 'prompt') settled.push(one)
      else if (next === answers.length) break
      else {
        const answer = answers[next]
        next += 1
        settled.push(answer === undefined ? one : reusedAnswer(one, answer))
      }
    }
    return settled
  }

  function lose(error: unknown): undefined {
    if (stop === undefined || !BatchError.isInstance(error)) throw error
    isLost = true
    stop.request(error)
  }
}

function reusedAnswer(prompt: Prompt, { text, from }: ReusedAnswer): Answered {
  const answer = { text, finishReason: 'stop', usage: {}, startedAtMs: 0, durationMs: 0 } as const
  const { row } = prompt
  return { kind: 'answered', row, prompt, answer, attempts: 0, costUsd: 0, reused: from }
}
