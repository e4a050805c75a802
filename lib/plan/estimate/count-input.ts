import type { Readable } from 'node:stream'
import type { RowSource } from '../../port/row-source.js'
import type { PromptTokens } from '../../pricing/count-prompt.js'
import { spreadTotal } from '../../pricing/spread-total.js'
import type { PromptOrOutcome } from '../../row/outcome.js'
import type { Prompt } from '../../row/prompt.js'
import type { Plan } from '../../run/plan.js'
import { promptStages } from '../../run/prompt-stages.js'
import { takeRows } from '../../stage/take-rows.js'
import { type SpreadRows, spreadRows } from './spread-rows.js'

export interface CountInputOptions {
  readonly plan: Pick<Plan, 'render' | 'attachments' | 'limit'>
  readonly source: Pick<RowSource, 'rows' | 'bytesTotal'>
  readonly countPrompt: (prompt: Prompt) => PromptTokens
  /** Whether an answer to the prompt is recorded. Called once for each prompt, in input order. */
  readonly isRecorded: (prompt: Prompt) => boolean
  /** Rows to choose for a sample. */
  readonly sampleRows: number
  /** Ends the reading; the count then rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Characters from which on only a part of the groups is counted; a hundred million if absent. */
  readonly mostCharacters?: number | undefined
}

/** What a run would read and ask. */
export interface InputCount {
  /** Rows that would be asked. */
  readonly askedRows: number
  /** Rows that cannot be read or rendered: they fail, and cost nothing. */
  readonly failingRows: number
  /** Rows with a recorded answer. */
  readonly recordedRows: number
  /** Tokens of the texts, by the encoding. */
  readonly textTokens: number
  /** Half the width of the range of 90 % of `textTokens`; 0 if all were counted. */
  readonly textError: number
  /** Tokens of the marks around messages. */
  readonly wrappingTokens: number
  /** Tokens of attachments, guessed by their types and sizes. */
  readonly attachmentTokens: number
  /** Indices of rows for a sample. */
  readonly sample: readonly number[]
}

/** A tokenizer takes four seconds for so much. */
const hundredMillion = 100_000_000
/** Of a longer input without a known size, a group in so many is counted after that. */
const spreadEvery = 16
const golden = 0.618_033_988_749_895

/**
 * Reads the rows that a run would read, renders them as the run would, and counts their tokens.
 *
 * Of a large input, every row is read, but the tokens of only a part of the groups are counted.
 */
export async function countInput(options: CountInputOptions): Promise<InputCount> {
  const { plan, source, countPrompt, isRecorded, sampleRows, signal } = options
  const { mostCharacters = hundredMillion } = options
  const count = {
    askedRows: 0,
    failingRows: 0,
    recordedRows: 0,
    wrappingTokens: 0,
    attachmentTokens: 0,
  }
  const every = Math.ceil((2 * (source.bytesTotal ?? 0)) / mostCharacters)
  const isLarge = (source.bytesTotal ?? 0) > mostCharacters
  const [counted, spread] = [spreadTotal(), spreadTotal()]
  const chosen: SpreadRows = spreadRows(Math.max(1, sampleRows))
  let characters = 0
  let groups = 0
  /** Of the last prompt that was counted. */
  let last = { wrapping: 0, attachments: 0 }
  const taken = takeRows({ limit: plan.limit, stopping: signal })(source.rows)
  const stages = promptStages(plan, signal)
  const rows = stages.reduce<Readable>((before, stage) => before.compose(stage), taken)
  for await (const group of rows as AsyncIterable<readonly PromptOrOutcome[]>) {
    addGroup(promptsOf(group))
  }
  signal?.throwIfAborted()
  return {
    ...count,
    textTokens: counted.total() + spread.total(),
    textError: counted.reach() + spread.reach(),
    sample: sampleRows === 0 ? [] : chosen.choose(),
  }

  function promptsOf(group: readonly PromptOrOutcome[]): readonly Prompt[] {
    const prompts: Prompt[] = []
    for (const one of group) {
      if (one.kind !== 'prompt') count.failingRows += 1
      else if (isRecorded(one)) count.recordedRows += 1
      else prompts.push(one)
    }
    return prompts
  }

  function addGroup(prompts: readonly Prompt[]): void {
    if (prompts.length === 0) return
    groups += 1
    count.askedRows += prompts.length
    if (sampleRows > 0) for (const { row } of prompts) chosen.add(row.index)
    const length = prompts.reduce((sum, prompt) => sum + lengthOf(prompt), 0)
    characters += length
    const step = isLarge ? every : characters > mostCharacters ? spreadEvery : 1
    if (step > 1 && ((groups - 1) * golden) % 1 >= 1 / step) {
      spread.addMeasured(length)
      count.wrappingTokens += prompts.length * last.wrapping
      count.attachmentTokens += prompts.length * last.attachments
      return
    }
    const total = step > 1 ? spread : counted
    total.addCounted(length, tokensOf(prompts))
  }

  function tokensOf(prompts: readonly Prompt[]): number {
    let tokens = 0
    for (const prompt of prompts) {
      const counted = countPrompt(prompt)
      tokens += counted.text
      count.wrappingTokens += counted.wrapping
      count.attachmentTokens += counted.attachments
      last = counted
    }
    return tokens
  }
}

function lengthOf({ text, system = '', fragments }: Prompt): number {
  let length = text.length + system.length
  for (const { content } of fragments) length += content.length + 1
  return length
}
