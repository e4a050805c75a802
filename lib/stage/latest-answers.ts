import type { ReusedAnswer } from '../port/batch-store.js'
import type { Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'

export interface LatestAnswersOptions {
  /** Most characters of prompts' hashes and answers that are kept; 16 million if absent. */
  readonly mostCharacters?: number
}

/** The latest answers, in memory. */
export interface LatestAnswers {
  /** For `reuseAnswers`. */
  readonly find: (prompts: readonly Prompt[]) => Promise<readonly (ReusedAnswer | undefined)[]>
  /** Takes outcomes as they end. */
  readonly take: (outcomes: readonly Outcome[]) => void
}

/**
 * Keeps the latest answers in bounded memory, for a pipeline without a record. A prompt is asked
 * again if its answer is not kept any more.
 *
 * @example
 *     const latest = latestAnswers({ mostCharacters: 1_000_000 })
 *     const render = renderRow('Classify: {review}')
 *     const row = { kind: 'row', index: 0, columns: { review: 'Lovely' } }
 *     console.log(await latest.find([render(row)]))
 */
export function latestAnswers({
  mostCharacters = 16_000_000,
}: LatestAnswersOptions = {}): LatestAnswers {
  /** By the hash of the prompt, in the order of the answers. */
  const texts = new Map<string, string>()
  let characters = 0

  return {
    async find(prompts) {
      return prompts.map(({ hash }) => {
        const text = texts.get(hash)
        return text === undefined ? undefined : { text, from: 'equal' }
      })
    },
    take(outcomes) {
      for (const outcome of outcomes) {
        if (outcome.kind === 'answered') keep(outcome.prompt.hash, outcome.answer.text)
      }
    },
  }

  function keep(hash: string, text: string): void {
    drop(hash)
    texts.set(hash, text)
    characters += hash.length + text.length
    for (const [oldest] of texts) {
      if (characters <= mostCharacters) return
      drop(oldest)
    }
  }

  function drop(hash: string): void {
    const text = texts.get(hash)
    if (text === undefined) return
    texts.delete(hash)
    characters -= hash.length + text.length
  }
}
