import type { Answer } from '../../row/answer.js'
import type { Prompt } from '../../row/prompt.js'
import { pythonJsonText } from '../../row/python/python-json-text.js'
import type { ToolCall, ToolResult } from '../../row/tool-call.js'
import type { ToolRound } from '../../row/tool-round.js'
import type { CallMessages, ChainedMessage, MessageHashes } from '../llm-log/message-hashes.js'
import { toolCallPart, toolResultPart } from '../llm-log/tool-parts.js'
import { addAnswerCells, addPromptCells } from './call-cells.js'
import { chainCells } from './chain-cells.js'
import { answerColumns, namedCells, promptColumns } from './entry-columns.js'

/** The calls of the model for one row whose prompt has tools. */
export interface LoggedChain {
  readonly prompt: Prompt
  readonly rounds: readonly ToolRound[]
  /** The answer after the rounds; absent if that call failed. */
  readonly answer?: Answer | undefined
  /** The messages of the first call. */
  readonly messages: CallMessages
}

export interface ToolCellsOptions {
  readonly hashesOf: MessageHashes
  readonly nextId: () => string
  readonly isMessageStore: boolean
}

type NamedCells = Readonly<Record<string, unknown>>

/**
 * The cells of the last call of the model by the names of their columns, with the calls before in
 * `rounds`. The thread's id comes before all ids of its calls, and the last call's id after them.
 */
export function toolCells(chain: LoggedChain, options: ToolCellsOptions): NamedCells {
  const { prompt, rounds, answer, messages } = chain
  const { hashesOf, nextId, isMessageStore } = options
  const thread_id = nextId()
  let tip = messages.answerHash
  const first = { ...askedCells(), ...givenCells(rounds[0]?.answer ?? answer, tip) }
  const later = rounds.map(({ results }, index) => {
    const user_hash = hashesOf.ofResults(results, tip)
    const message: ChainedMessage = [user_hash, tip ?? null, 'tool', []]
    const next = rounds[index + 1]?.answer ?? answer
    tip = next && hashesOf.ofAnswer(next, user_hash)
    const fed = { prompt: '', user_hash, chain: [message], results: results.map(resultCell) }
    return { ...fed, ...givenCells(next, tip) }
  })
  const calls = [first, ...later]
  const before = calls
    .slice(0, -1)
    .map((cells, index) => ({ ...cells, ...roundCells(rounds[index]?.answer) }))
  // The row of a call that failed refers to the last call that did not.
  const log_id = answer === undefined ? before.at(-1)?.log_id : nextId()
  return { ...calls.at(-1), thread_id, log_id, rounds: before.length === 0 ? null : before }

  function askedCells(): NamedCells {
    const { messages: given = [], attachments } = prompt
    const { userHash: user_hash, chain: said } = messages
    const [kept, given_messages] = said
      ? chainCells({ messages: given, chain: said, isMessageStore })
      : []
    const cells: unknown[] = []
    addPromptCells(cells, prompt, messages)
    return {
      ...namedCells(promptColumns, cells),
      ...{ user_hash, chain: kept, given_messages },
      attachments: attachments?.map(({ id }) => id),
    }
  }

  function givenCells(given: Answer | undefined, answer_hash: string | undefined): NamedCells {
    if (given === undefined) return {}
    const cells: unknown[] = []
    addAnswerCells(cells, given, { isMessageStore, isOneOfMany: true })
    const calls = given.toolCalls?.map(callCell)
    return { ...namedCells(answerColumns, cells), answer_hash, calls }
  }

  function roundCells(given: Answer | undefined) {
    const response = given?.text ?? ''
    return { log_id: nextId(), response, duration_ms: Math.round(given?.durationMs ?? 0) }
  }
}

/** Name, arguments as Python's JSON, and id. */
function callCell(call: ToolCall): readonly unknown[] {
  const part = toolCallPart(call)
  return [part.name, pythonJsonText(part.arguments), part.id]
}

/** Name, output, id and exception. */
function resultCell(result: ToolResult): readonly unknown[] {
  const { name, output, id, exception } = toolResultPart(result)
  return [name, output, id, exception ?? null]
}
