import type { EarlierCall, EarlierCallsQuery, UsageRecord } from '../../port/usage-record.js'
import type { PromptTokens } from '../../pricing/count-prompt.js'
import type { SentPrompt } from '../../pricing/prompt-tokens.js'
import type { TokenFamily } from '../../pricing/token-family.js'

/** What earlier calls tell about later ones. */
export interface Evidence {
  /** Output tokens of earlier answers to the same template and model. */
  readonly outputTokens: readonly number[]
  /** Of calls of the same template, else of the same model. */
  readonly durationsMs: readonly number[]
  /** Absent for a model whose tokens are counted exactly, and where nothing is recorded. */
  readonly correction?: Correction | undefined
}

/** How many tokens were billed for each token that was counted. */
export interface Correction {
  readonly factor: number
  /** Prompts that the factor is from. */
  readonly prompts: number
}

export interface ReadEvidenceOptions {
  readonly record: UsageRecord
  readonly modelId: string
  /** Digests of what is asked. */
  readonly asked: NonNullable<EarlierCallsQuery['asked']>
  readonly family: TokenFamily
  readonly countPrompt: (prompt: SentPrompt) => PromptTokens
}

const mostCalls = 2000
const mostPrompts = 200

export async function readEvidence(options: ReadEvidenceOptions): Promise<Evidence> {
  const { record, modelId: model, asked, family, countPrompt } = options
  const alike = await record.earlierCalls({ model, asked, most: mostCalls })
  const timed = alike.length > 0 ? alike : await record.earlierCalls({ model, most: mostPrompts })
  const billed = family.isOwn ? [] : await record.billedPrompts({ model, most: mostPrompts })
  const prompts = billed.map(({ text, system, inputTokens }) => ({
    counted: familyTokens(family, countPrompt({ text, system, fragments: [] })),
    billed: inputTokens,
  }))
  return {
    outputTokens: numbersOf(alike, 'outputTokens'),
    durationsMs: numbersOf(timed, 'durationMs'),
    correction: correctionOf(prompts),
  }
}

/** Tokens of a prompt or of many, by the family's own factor. */
export function familyTokens(
  { factor }: TokenFamily,
  { text, wrapping, attachments }: PromptTokens,
): number {
  return text * factor + wrapping + attachments
}

/** From fewer prompts nothing is concluded. */
const fewest = 5
/** No tokenizer is further off. Such a server counts something else. */
const mostFactor = 4

/** @param prompts their tokens as counted here, and as billed. */
export function correctionOf(
  prompts: readonly { readonly counted: number; readonly billed: number }[],
): Correction | undefined {
  if (prompts.length < fewest) return undefined
  const counted = prompts.reduce((sum, prompt) => sum + prompt.counted, 0)
  const billed = prompts.reduce((sum, prompt) => sum + prompt.billed, 0)
  const factor = billed / counted
  const isPlausible = factor > 1 / mostFactor && factor < mostFactor
  return isPlausible ? { factor, prompts: prompts.length } : undefined
}

function numbersOf(
  calls: readonly EarlierCall[],
  name: 'outputTokens' | 'durationMs',
): readonly number[] {
  return calls.map(call => call[name]).filter(value => typeof value === 'number')
}
