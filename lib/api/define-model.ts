import { BatchError, rowError, runError } from '../error/batch-error.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import type { ModelReference } from '../model/catalog/model-reference.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { Answer } from '../row/answer.js'
import type { Attachment } from '../row/attachment.js'
import type { JsonSchema } from '../row/json-schema.js'
import type { Message } from '../row/message.js'
import { conversationOf, isMessage, type Prompt, promptText } from '../row/prompt.js'
import type { Columns } from '../row/row.js'
import type { ToolSpec } from '../row/tool-call.js'
import type { ToolRound } from '../row/tool-round.js'
import { type Model, makeModel } from './model.js'

/** What a model of one's own is asked besides the text. */
export interface ModelCall {
  /** The row that the prompt was made of. */
  readonly row: Columns
  readonly system: string | undefined
  /** The whole conversation, the system prompt and the text included. */
  readonly messages: readonly Message[]
  /** The form that the answer must have; absent for plain text. */
  readonly schema: JsonSchema | undefined
  readonly attachments: readonly Attachment[]
  /** The tools that the answer may call; none if the batch has none. */
  readonly tools: readonly ToolSpec[]
  /** The rounds of tools so far, each an earlier answer with what its calls gave. */
  readonly rounds: readonly ToolRound[]
  /** Aborts when the call's time is over, or when the run is broken off. */
  readonly signal: AbortSignal
}

/** An answer with more than its text. */
export interface GivenAnswer
  extends Pick<Answer, 'text' | 'reasoning' | 'reply' | 'toolCalls'>,
    Partial<Pick<Answer, 'finishReason' | 'usage'>> {
  /** US dollars that the call cost; by `prices` and `usage` if absent. */
  readonly costUsd?: number | undefined
}

export interface DefineModelOptions {
  /** The id in the record and the log: part of each prompt's hash. */
  readonly id: string
  /**
   * Answers one prompt. An error of it fails its row, with that error as the cause. A `BatchError`
   * of reach `attempt` is tried again, and one of reach `run` stops the run.
   */
  readonly ask: (
    text: string,
    call: ModelCall,
  ) => string | GivenAnswer | Promise<string | GivenAnswer>
  /** What is used of the process and the machine; this process if absent. */
  readonly surroundings?: Surroundings | undefined
}

/**
 * Makes a model from a function, for all functions that take a model: `batchProcess`,
 * `batchFromCsv`, `batchFromRows`, `callPath`. Calls are paced, retried, timed out, recorded and
 * resumed as those of any model.
 *
 * @throws {BatchError} OPTIONS_INVALID, reach run, without an id or a function.
 * @example
 *     const model = defineModel({ id: 'shout', ask: text => text.toUpperCase() })
 *     for await (const [, response] of batchProcess(model, ['hello'])) console.log(response.text())
 */
export function defineModel(options: DefineModelOptions): Model {
  const { id, ask, surroundings = thisProcess() } = options
  if (typeof id !== 'string' || id.trim() === '' || typeof ask !== 'function') {
    const remedy = 'Write defineModel({ id: "my-model", ask: async text => "…" }).'
    throw runError('OPTIONS_INVALID', 'defineModel takes an id and a function `ask`', remedy)
  }
  const reference: ModelReference = {
    ...{ id, name: id, apiName: id, provider: 'own', providerTitle: id, wire: 'own' },
    ...{ headers: {}, isKeyOptional: true, options: [] },
    makeClient: clock => ownClient(options, clock),
  }
  return makeModel({ name: id, reference, key: undefined, givenOptions: {}, surroundings })
}

function ownClient({ id, ask }: DefineModelOptions, clock: Clock): ModelClient {
  return {
    id,
    provider: id,
    async ask(prompt, signal) {
      signal.throwIfAborted()
      const startedAtMs = clock.nowMs()
      const startedMs = clock.monotonicMs()
      const given = await answerOf(prompt, signal)
      const { text, costUsd, ...others } = typeof given === 'string' ? { text: given } : given
      const finishReason = others.toolCalls === undefined ? 'stop' : 'tool-calls'
      const times = { startedAtMs, durationMs: clock.monotonicMs() - startedMs }
      const stated = costUsd === undefined ? {} : { statedCostUsd: costUsd }
      return { text, finishReason, usage: {}, ...others, ...times, ...stated }
    },
    close: async () => {},
  }

  async function answerOf(prompt: Prompt, signal: AbortSignal): Promise<GivenAnswer | string> {
    try {
      const given = await ask(promptText(prompt), callOf(prompt, signal))
      if (typeof given === 'string' || typeof given?.text === 'string') return given
    } catch (error) {
      if (signal.aborted || BatchError.isInstance(error)) throw error
      throw failedRow(id, error)
    }
    throw rowError(
      'REPLY_INVALID',
      `The model ${id} gave neither a string nor an object with a text`,
      'Return the answer as a string from `ask`.',
    )
  }
}

function callOf(prompt: Prompt, signal: AbortSignal): ModelCall {
  const { row, system, schema, attachments = [], tools = [], followUps = [] } = prompt
  const rounds = followUps.flatMap(one => (isMessage(one) ? [] : [one]))
  const messages = conversationOf(prompt)
  return { row: row.columns, system, messages, schema, attachments, tools, rounds, signal }
}

function failedRow(id: string, cause: unknown): BatchError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return rowError('REQUEST_REJECTED', `The model ${id} failed: ${message}`, undefined, cause)
}
