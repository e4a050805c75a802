import { type Guess, guessSum, spreadOf } from '../../pricing/mean-range.js'

/** Where a guess of the output is from, best first. */
export type OutputEvidence = 'sample' | 'earlier-answers' | 'max-tokens' | 'ratio'

/** The output tokens that a run would get. */
export interface OutputGuess {
  readonly tokens: number
  /** In nine cases of ten not less, and not more; absent if nothing tells. */
  readonly low?: number | undefined
  readonly high?: number | undefined
  readonly evidence: OutputEvidence
  /** How the tokens were guessed, in words. */
  readonly basis: string
}

export interface GuessOutputOptions {
  /** Rows to be asked. */
  readonly rows: number
  readonly inputTokens: number
  /** Output tokens of the sampled rows, which are rows of this run too. */
  readonly sampled: readonly number[]
  /** Output tokens of earlier answers to the same template. */
  readonly earlier: readonly number[]
  /** What the caller allows for one answer. */
  readonly maxTokens: number | undefined
}

/** From fewer answers nothing is concluded. */
const fewest = 5
/** Input tokens for each output token, if nothing tells. */
const inputsPerOutput = 3

/** Guesses the output tokens of a run from the best evidence that there is. */
export function guessOutput(options: GuessOutputOptions): OutputGuess {
  const { rows, inputTokens, sampled, earlier, maxTokens } = options
  if (sampled.length > 0) return fromSample(sampled, rows)
  if (earlier.length >= fewest) return fromEarlier(earlier, options)
  if (maxTokens !== undefined) {
    const basis = `at most: each answer may have ${maxTokens} tokens (max_tokens)`
    return { tokens: maxTokens * rows, high: maxTokens * rows, evidence: 'max-tokens', basis }
  }
  const tokens = Math.ceil(inputTokens / inputsPerOutput)
  return { tokens, evidence: 'ratio', basis: 'a guess: a third of the input tokens' }
}

function fromSample(values: readonly number[], rows: number): OutputGuess {
  const spread = spreadOf(values)
  const known = values.reduce((sum, value) => sum + value, 0)
  const { expected, low, high } = guessSum(spread, Math.max(0, rows - values.length))
  // The range of a single value is not known.
  const range =
    values.length === 1 && rows > 1 ? {} : rounded({ low: known + low, high: known + high })
  return {
    tokens: Math.round(known + expected),
    ...range,
    evidence: 'sample',
    basis: `by the sample: ${answersText(values.length, spread)}`,
  }
}

function fromEarlier(
  values: readonly number[],
  { rows, maxTokens = Number.POSITIVE_INFINITY }: GuessOutputOptions,
): OutputGuess {
  const spread = spreadOf(values.map(value => Math.min(value, maxTokens)))
  const guess = guessSum(spread, rows)
  return {
    tokens: Math.round(guess.expected),
    ...rounded(guess),
    evidence: 'earlier-answers',
    basis: `by earlier answers to this template and model: ${answersText(values.length, spread)}`,
  }
}

function answersText(
  count: number,
  { mean, low, high }: { readonly mean: number; readonly low: number; readonly high: number },
): string {
  if (count === 1) return `1 answer of ${Math.round(mean)} tokens`
  return `${count} answers of ${Math.round(mean)} tokens on average, nine of ten with ${low} to ${high}`
}

function rounded({ low, high }: Pick<Guess, 'low' | 'high'>): Pick<Guess, 'low' | 'high'> {
  return { low: Math.round(low), high: Math.round(high) }
}
