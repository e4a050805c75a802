import type { Usage } from '../row/answer.js'

/** Guesses the tokens of a call before it starts, and learns from what was billed. */
export interface TokenEstimate {
  /** @param rough the prompt's tokens by its length. */
  readonly input: (rough: number) => number
  /** @param most the most tokens that the call may give, if the caller set a limit. */
  readonly output: (most: number | undefined) => number
  /** @param rough the prompt's tokens by its length. */
  readonly learn: (rough: number, usage: Usage) => void
}

/** Tokens of an answer, as long as no answer is known and no limit is set. */
const guessedOutput = 500

/** Share of the older calls in the means after one more call: the last 50 calls count most. */
const keptShare = 0.98

/**
 * Input tokens by the prompt's length, with the factor between tokens and length that the billed
 * calls show. Output tokens by the mean of the billed calls.
 */
export function createTokenEstimate(): TokenEstimate {
  let roughSum = 0
  let inputSum = 0
  let outputSum = 0
  let outputCount = 0

  return {
    input: rough => (roughSum === 0 ? rough : Math.ceil((rough * inputSum) / roughSum)),
    output(most = Number.POSITIVE_INFINITY) {
      if (outputCount > 0) return Math.min(most, Math.ceil(outputSum / outputCount))
      return most === Number.POSITIVE_INFINITY ? guessedOutput : most
    },
    learn(rough, { inputTokens, outputTokens }) {
      if (isCount(inputTokens) && rough > 0) {
        roughSum = roughSum * keptShare + rough
        inputSum = inputSum * keptShare + inputTokens
      }
      if (isCount(outputTokens)) {
        outputSum = outputSum * keptShare + outputTokens
        outputCount = outputCount * keptShare + 1
      }
    },
  }
}

function isCount(tokens: number | undefined): tokens is number {
  return tokens !== undefined && Number.isFinite(tokens) && tokens >= 0
}
