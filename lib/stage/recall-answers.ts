import type { Duplex } from 'node:stream'
import type { RecordedAnswer } from '../port/batch-store.js'
import type { Answered, PromptRecord } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { holdingStage } from './holding-stage.js'

export interface RecallAnswersOptions {
  /** Recorded answers for prompts given in input order; undefined for one that must be asked. */
  readonly recall: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
  /** Most prompts of one look-up. */
  readonly groupRows?: number
}

/**
 * Prompt in; an answered Outcome out when an earlier run recorded an answer to it, else the prompt itself, in the
 * same order. Outcomes that come in pass through untouched.
 *
 * Looks prompts up as they come, those that gather during a look-up together in the next one: a slow input waits for
 * nothing, a fast one makes large groups. Errors: a rejection of `recall` destroys the stage with it.
 */
export function recallAnswers({ recall, groupRows = 512 }: RecallAnswersOptions): Duplex {
  const waiting: PromptRecord[] = []
  let isLooking = false

  const { stage, give, unread } = holdingStage<PromptRecord, PromptRecord>({
    take: record => void waiting.push(record),
    hasRoom: () => waiting.length < groupRows,
    isIdle: () => waiting.length === 0 && !isLooking,
    work() {
      if (waiting.length > 0 && unread() === 0 && !isLooking) void lookUp()
    },
  })
  return stage

  async function lookUp(): Promise<void> {
    isLooking = true
    // Rows that are being written at this moment come along.
    await Promise.resolve()
    const group = waiting.splice(0)
    const prompts = group.filter(record => record.kind === 'prompt')
    try {
      const answers = prompts.length === 0 ? [] : await recall(prompts)
      isLooking = false
      let next = 0
      give(
        group.map(record =>
          record.kind === 'prompt' ? recalledOr(record, answers[next++]) : record,
        ),
      )
    } catch (error) {
      stage.destroy(error as Error)
    }
  }
}

function recalledOr(prompt: Prompt, recorded: RecordedAnswer | undefined): Prompt | Answered {
  if (recorded === undefined) return prompt
  const { text, attempts } = recorded
  const answer = { text, finishReason: 'stop', usage: {}, startedAtMs: 0, durationMs: 0 } as const
  return { kind: 'answered', row: prompt.row, prompt, answer, attempts, isRecalled: true }
}
