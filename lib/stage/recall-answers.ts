import { Transform } from 'node:stream'
import type { RecordedAnswer } from '../port/batch-store.js'
import type { Answered, PromptRecord } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'

export interface RecallAnswersOptions {
  /** Recorded answers for prompts given in input order; undefined for one that must be asked. */
  readonly recall: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
}

/**
 * Groups of Prompts in; of each an answered Outcome out when an earlier run recorded an answer to it, else the prompt
 * itself, in the same order. Outcomes that come in pass through untouched.
 *
 * Errors: a rejection of `recall` destroys the stage with it.
 */
export function recallAnswers({ recall }: RecallAnswersOptions): Transform {
  return new Transform({
    objectMode: true,
    writableHighWaterMark: 1,
    readableHighWaterMark: 1,
    transform(group: readonly PromptRecord[], _encoding, done) {
      recallGroup(group).then(recalled => done(null, recalled), done)
    },
  })

  async function recallGroup(group: readonly PromptRecord[]): Promise<readonly PromptRecord[]> {
    const prompts = group.filter(record => record.kind === 'prompt')
    if (prompts.length === 0) return group
    const answers = await recall(prompts)
    let next = 0
    return group.map(record => {
      if (record.kind !== 'prompt') return record
      const answer = answers[next]
      next += 1
      return answer === undefined ? record : recalledAnswer(record, answer)
    })
  }
}

function recalledAnswer(prompt: Prompt, { text, attempts }: RecordedAnswer): Answered {
  const answer = { text, finishReason: 'stop', usage: {}, startedAtMs: 0, durationMs: 0 } as const
  return { kind: 'answered', row: prompt.row, prompt, answer, attempts, isRecalled: true }
}
