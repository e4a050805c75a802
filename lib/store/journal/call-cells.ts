import type { Answer } from '../../row/answer.js'
import type { ModelOptions, Prompt } from '../../row/prompt.js'
import { logDate } from '../database/log-date.js'
import type { CallMessages } from '../llm-log/message-hashes.js'
import { replyJson } from '../llm-log/reply-json.js'
import { referToFragments, searchableText } from '../llm-log/text-reference.js'
import { askedInChain } from './chain-cells.js'

export interface AnswerCellsOptions {
  readonly isMessageStore: boolean
  /** Whether the counts of tokens of the row are those of several answers. */
  readonly isOneOfMany: boolean
}

/** Adds the cells of `answerColumns`. */
export function addAnswerCells(
  cells: unknown[],
  answer: Answer,
  { isMessageStore, isOneOfMany }: AnswerCellsOptions,
): void {
  const { usage } = answer
  const { details } = usage
  const hasDetails = details !== undefined && Object.keys(details).length > 0
  cells.push(
    hasDetails ? JSON.stringify(details) : null,
    usage.loggedInputTokens ?? (isOneOfMany ? usage.inputTokens : null),
    usage.loggedOutputTokens ?? (isOneOfMany ? usage.outputTokens : null),
    logDate(answer.startedAtMs),
    replyJson(answer, isMessageStore),
    answer.reasoning || null,
  )
}

/** Adds the cells of `promptColumns`. */
export function addPromptCells(
  cells: unknown[],
  { text, fragments }: Prompt,
  { asked, chain }: CallMessages,
): void {
  if (chain !== undefined) {
    cells.push(text, ...askedInChain(chain))
  } else if (fragments.length === 0) {
    cells.push(text, null, null, null, null)
  } else {
    const hashes = fragments.map(({ hash }) => hash)
    const pieces = referToFragments(asked, fragments)
    if (pieces === undefined) cells.push(text, asked === text ? null : asked, null, null, hashes)
    else cells.push(text, null, pieces, searchableText(pieces), hashes)
  }
}

/** Options as JSON, or null. All prompts of a run share them. */
export function optionsJson(): (options: ModelOptions) => string | null {
  let last: { readonly options: ModelOptions; readonly json: string | null } | undefined
  return options => {
    if (last?.options !== options) {
      const given = Object.entries(options).filter(
        ([, value]) => value !== undefined && value !== null,
      )
      const json = given.length === 0 ? null : JSON.stringify(Object.fromEntries(given))
      last = { options, json }
    }
    return last.json
  }
}
