import type { Duplex } from 'node:stream'
import type { RecordedAnswer } from '../port/batch-store.js'
import type { Answered, PromptOrOutcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { groupStage } from './group-stage.js'

export interface RecallAnswersOptions {
  /**
   * Returns recorded answers for prompts in input order; undefined for a prompt that must be asked.
   * If answers are long, the result may cover only the first prompts, at least one. The stage then
   * calls again for the others.
   */
  readonly recall: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
}

/**
 * Groups of Prompts in; for each, an answered Outcome out if an earlier run recorded an answer,
 * else the prompt, in the same order. Outcomes in the input pass through untouched.
 *
 * A rejection of `recall` destroys the stage.
 *
 * @example
 *     const known = new Map()
 *     const recall = async prompts => prompts.map(({ hash }) => known.get(hash))
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       recallAnswers({ recall }),
 *       invokeModel({ calls }),
 *       writeRows('out.jsonl'),
 *     )
 */
export function recallAnswers({ recall }: RecallAnswersOptions): Duplex {
  /** The rest of the last group, not looked up yet. */
  let left: readonly PromptOrOutcome[] = []
  let isLooking = false

  const { stage, give, unread, advance } = groupStage<PromptOrOutcome, PromptOrOutcome>({
    take(group) {
      left = group
    },
    hasRoom: isDone,
    isIdle: isDone,
    work() {
      if (!isLooking && left.length > 0 && unread() === 0) look()
    },
  })
  return stage

  function isDone(): boolean {
    return !isLooking && left.length === 0
  }

  function look(): void {
    isLooking = true
    recallFirst(left).then(
      recalled => {
        isLooking = false
        left = left.slice(recalled.length)
        give(recalled)
        advance()
      },
      error => void stage.destroy(error),
    )
  }

  async function recallFirst(
    given: readonly PromptOrOutcome[],
  ): Promise<readonly PromptOrOutcome[]> {
    const prompts = given.filter(one => one.kind === 'prompt')
    if (prompts.length === 0) return given
    const answers = await recall(prompts)
    const recalled: PromptOrOutcome[] = []
    let next = 0
    for (const one of given) {
      if (one.kind !== 'prompt') recalled.push(one)
      else if (next === answers.length) break
      else {
        const answer = answers[next]
        next += 1
        recalled.push(answer === undefined ? one : recalledAnswer(one, answer))
      }
    }
    return recalled
  }
}

function recalledAnswer(prompt: Prompt, recorded: RecordedAnswer): Answered {
  const { text, isCut, usage, durationMs, attempts, costUsd } = recorded
  const finishReason = isCut ? 'length' : 'stop'
  const answer = { text, finishReason, usage, startedAtMs: 0, durationMs } as const
  return { kind: 'answered', row: prompt.row, prompt, answer, attempts, costUsd, isRecalled: true }
}
