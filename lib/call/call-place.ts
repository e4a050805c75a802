import type { LimitedKind } from '../error/stated-limit.js'
import { roughInputTokens } from '../pricing/prompt-tokens.js'
import type { ModelOptions, Prompt } from '../row/prompt.js'
import type { TokenEstimate } from '../throttle/token-estimate.js'

/** One attempt's place in a budget: its estimated cost, and what was spent before it. */
export class CallPlace {
  /** Input tokens by the prompt's length. */
  readonly rough: number
  readonly mostOutput: number | undefined
  startedMs = Number.NaN
  inputTokens = 0
  outputTokens = 0
  /** Estimated cost of all calls up to this one. */
  requestsUpTo = 0
  inputUpTo = 0
  outputUpTo = 0

  constructor(prompt: Prompt) {
    this.rough = roughInputTokens(prompt)
    this.mostOutput = mostOutputTokens(prompt.options)
  }

  /** Until the call starts, the estimate gets better with each answer. */
  estimate({ input, output }: TokenEstimate): void {
    this.inputTokens = input(this.rough)
    this.outputTokens = output(this.mostOutput)
  }

  costOf(kind: LimitedKind): number {
    if (kind === 'requests') return 1
    return tokensOf(kind, this.inputTokens, this.outputTokens)
  }

  /** Estimated cost of the calls that started after this one. */
  costSince(kind: LimitedKind, last: CallPlace | undefined): number {
    if (last === undefined) return 0
    if (kind === 'requests') return last.requestsUpTo - this.requestsUpTo
    const input = last.inputUpTo - this.inputUpTo
    return tokensOf(kind, input, last.outputUpTo - this.outputUpTo)
  }

  /** @param last the call that started before. */
  start(nowMs: number, last: CallPlace | undefined): void {
    this.startedMs = nowMs
    this.requestsUpTo = (last?.requestsUpTo ?? 0) + 1
    this.inputUpTo = (last?.inputUpTo ?? 0) + this.inputTokens
    this.outputUpTo = (last?.outputUpTo ?? 0) + this.outputTokens
  }
}

function tokensOf(kind: LimitedKind, input: number, output: number): number {
  if (kind === 'input-tokens') return input
  return kind === 'output-tokens' ? output : input + output
}

/** llm's names of the option, by model. */
const outputOptions = ['max_tokens', 'max_output_tokens', 'max_completion_tokens']

function mostOutputTokens(options: ModelOptions): number | undefined {
  const given = outputOptions.map(name => options[name]).find(value => typeof value === 'number')
  return given as number | undefined
}
