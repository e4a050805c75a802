import type { Duplex } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { ErrorCode } from '../error/error-code.js'
import type { RecordedAnswer, RecordedFailure } from '../port/batch-store.js'
import type { Answered, Failed, Outcome, PromptRecord } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { holdingStage } from './holding-stage.js'

export interface RecallAnswersOptions {
  /** Recorded answers for prompts given in input order; undefined for one that must be asked. */
  readonly recall: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
  /** Recorded failures of those for which there is no answer; without it, all of them are asked. */
  readonly recallFailures?:
    | ((prompts: readonly Prompt[]) => Promise<readonly (RecordedFailure | undefined)[]>)
    | undefined
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
export function recallAnswers(options: RecallAnswersOptions): Duplex {
  const { recall, recallFailures, groupRows = 512 } = options
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
    try {
      const recalled = await recallAll(group.filter(record => record.kind === 'prompt'))
      isLooking = false
      give(
        group.map(record => (record.kind === 'prompt' ? recalled.get(record) : record) ?? record),
      )
    } catch (error) {
      stage.destroy(error as Error)
    }
  }

  async function recallAll(prompts: readonly Prompt[]): Promise<ReadonlyMap<Prompt, Outcome>> {
    const recalled = new Map<Prompt, Outcome>()
    if (prompts.length === 0) return recalled
    const answers = await recall(prompts)
    for (const [at, prompt] of prompts.entries()) {
      const answer = answers[at]
      if (answer !== undefined) recalled.set(prompt, recalledAnswer(prompt, answer))
    }
    const left = prompts.filter(prompt => !recalled.has(prompt))
    if (left.length === 0 || recallFailures === undefined) return recalled
    const failures = await recallFailures(left)
    for (const [at, prompt] of left.entries()) {
      const failure = failures[at]
      if (failure !== undefined) recalled.set(prompt, recalledFailure(prompt, failure))
    }
    return recalled
  }
}

function recalledAnswer(prompt: Prompt, { text, attempts }: RecordedAnswer): Answered {
  const answer = { text, finishReason: 'stop', usage: {}, startedAtMs: 0, durationMs: 0 } as const
  return { kind: 'answered', row: prompt.row, prompt, answer, attempts, isRecalled: true }
}

function recalledFailure(prompt: Prompt, { code, message, attempts }: RecordedFailure): Failed {
  const error = new BatchError(message, { code: code as ErrorCode, reach: 'row' })
  return { kind: 'failed', row: prompt.row, prompt, error, attempts, isRecalled: true }
}
