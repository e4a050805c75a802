/** How long a run would take. */
export interface TimeGuess {
  readonly seconds: number
  /** How the time was guessed, in words. */
  readonly basis: string
}

export interface GuessTimeOptions {
  readonly rows: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Calls at once, at most. */
  readonly concurrency: number
  /** Whether the number of calls at once is found while the batch runs. */
  readonly isConcurrencyAuto?: boolean | undefined
  /** Calls a minute; no limit if absent. */
  readonly rateLimit: number | undefined
  /** Tokens a minute; no limit if absent. */
  readonly tokenLimit: number | undefined
  /** Milliseconds of earlier calls; none if nothing is recorded. */
  readonly durationsMs: readonly number[]
}

/** Until the first token, and then for each token, of a hosted model of middle size. */
const assumed = { firstMs: 500, tokensPerSecond: 60 }
/** Calls at once that `auto` is assumed to find. */
const assumedOfAuto = 32

/** Guesses the time of a run without refusals: the slowest of calls, requests and tokens counts. */
export function guessTime(options: GuessTimeOptions): TimeGuess {
  const { rows, inputTokens, outputTokens, rateLimit, tokenLimit, durationsMs } = options
  const { isConcurrencyAuto: isAuto = false } = options
  const concurrency = isAuto ? Math.min(assumedOfAuto, options.concurrency) : options.concurrency
  if (rows === 0) return { seconds: 0, basis: 'no row is asked' }
  const isMeasured = durationsMs.length > 0
  const callSeconds = isMeasured ? meanOf(durationsMs) / 1000 : assumedSeconds(outputTokens / rows)
  const guessed = isAuto ? ' (a guess for auto)' : ''
  const calls = `${countText(concurrency, 'call')} at once${guessed}, ${callSeconds.toFixed(1)} s each`
  const source = isMeasured ? 'by earlier calls' : `assuming ${assumed.tokensPerSecond} tokens/s`
  const bounds: TimeGuess[] = [
    {
      seconds: Math.ceil(rows / concurrency) * callSeconds,
      basis: `${calls} (${source})`,
    },
  ]
  if (rateLimit !== undefined) {
    const seconds = ((rows - 1) / rateLimit) * 60 + callSeconds
    bounds.push({ seconds, basis: `${countText(rateLimit, 'call')} a minute` })
  }
  if (tokenLimit !== undefined) {
    const seconds = ((inputTokens + outputTokens) / tokenLimit) * 60
    bounds.push({ seconds, basis: `${countText(tokenLimit, 'token')} a minute` })
  }
  return bounds.reduce((slowest, bound) => (bound.seconds > slowest.seconds ? bound : slowest))
}

function assumedSeconds(tokens: number): number {
  return assumed.firstMs / 1000 + tokens / assumed.tokensPerSecond
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
