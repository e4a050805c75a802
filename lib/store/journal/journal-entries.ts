import type { Clock } from '../../port/clock.js'
import type { Answer } from '../../row/answer.js'
import { stringifyJson } from '../../row/exact-json.js'
import type { Answered, Failed, Outcome } from '../../row/outcome.js'
import type { Fragment, Prompt } from '../../row/prompt.js'
import type { ToolRound } from '../../row/tool-round.js'
import { keptHash } from '../batches/kept-hash.js'
import { logDate } from '../database/log-date.js'
import { wellFormedJson } from '../database/well-formed-json.js'
import { nameForPrompt } from '../llm-log/conversation-name.js'
import type { MessageHash } from '../llm-log/message-hash.js'
import { type CallMessages, messageHashes } from '../llm-log/message-hashes.js'
import type { StoredTool } from '../llm-log/stored-tool.js'
import { addAnswerCells, addPromptCells, optionsJson } from './call-cells.js'
import { chainCells } from './chain-cells.js'
import { logColumns, toolColumns } from './entry-columns.js'
import { type SharedValue, type StoredSchema, sharedValues } from './shared-values.js'
import { storedSchemas } from './stored-schemas.js'
import { storedTools } from './stored-tools.js'
import { toolCells } from './tool-cells.js'

/**
 * An outcome as a line of the journal: a JSON array, from which SQL makes the rows of all tables.
 */
export interface JournalEntry {
  readonly line: string
  /** The shared values of the line. */
  readonly shared: readonly SharedValue[]
}

/** What entries for llm's log need. */
export interface LogParts {
  readonly hash: MessageHash
  readonly nextId: () => string
  /**
   * Whether the database has llm's message store, in which a reply refers to the text of its
   * answer.
   */
  readonly isMessageStore: boolean
}

export interface JournalEntriesOptions {
  readonly clock: Clock
  /** Absent if nothing is logged. */
  readonly log?: LogParts | undefined
}

/** The calls of the model for one row, which go to llm's log. */
interface LoggedCalls {
  readonly prompt: Prompt
  readonly rounds: readonly ToolRound[]
  /** The answer of the first call. */
  readonly first: Answer
  /** The answer after the rounds; absent if that call failed. */
  readonly answer: Answer | undefined
  /** Whether the row has tokens of several answers. */
  readonly isOneOfMany: boolean
}

/**
 * Makes the entries of outcomes. An entry has its ids, dates and hashes, so that it can be written
 * to the database any number of times. Skipped and recalled outcomes are left out.
 */
export function journalEntries({
  clock,
  log,
}: JournalEntriesOptions): (outcomes: readonly Outcome[]) => readonly JournalEntry[] {
  const logged = log && logCells(log)

  return outcomes => {
    const finishedAt = logDate(clock.nowMs()).slice(0, 19)
    const entries: JournalEntry[] = []
    for (const outcome of outcomes) {
      if (!isRecorded(outcome)) continue
      const cells = rowCells(outcome, finishedAt)
      const calls = logged && loggedCalls(outcome)
      const shared = calls && logged?.(calls, cells)
      entries.push({ line: wellFormedJson(cells), shared: shared ?? noValues })
    }
    return entries
  }
}

/** Whether an outcome is recorded: skipped rows have nothing, and recalled answers are there. */
export function isRecorded(outcome: Outcome): outcome is Answered | Failed {
  return outcome.kind === 'failed' || (outcome.kind === 'answered' && !outcome.isRecalled)
}

function rowCells(outcome: Answered | Failed, finishedAt: string): unknown[] {
  const { kind, row, prompt, answer, attempts, costUsd, rounds } = outcome
  const last = answer ?? rounds?.at(-1)?.answer
  const usage = outcome.usage ?? last?.usage
  const error = kind === 'failed' ? outcome.error : undefined
  return [
    row.index,
    prompt === undefined ? '' : keptHash(prompt.hash),
    kind,
    attempts,
    error?.code ?? null,
    error?.message ?? null,
    usage?.inputTokens ?? null,
    usage?.cachedInputTokens ?? null,
    usage?.outputTokens ?? null,
    usage?.reasoningTokens ?? null,
    costUsd ?? null,
    last === undefined ? null : Math.round(last.durationMs),
    finishedAt,
    outcome.reused ?? null,
    kind === 'answered' && answer?.finishReason === 'length' ? 1 : null,
    kind === 'failed' ? stringifyJson(row.columns) : null,
    answer?.text ?? null,
  ]
}

/**
 * What llm's log gets of an outcome. A reused answer is there already, for the row that was asked.
 * Of a failed row, llm keeps nothing; but a model that called tools has answered.
 */
function loggedCalls(outcome: Answered | Failed): LoggedCalls | undefined {
  const { kind, prompt, rounds = [], answer, reused, usage } = outcome
  const first = rounds[0]?.answer ?? answer
  if (prompt === undefined || first === undefined || reused !== undefined) return undefined
  if (kind === 'failed' && (prompt.tools === undefined || first.toolCalls === undefined)) {
    return undefined
  }
  return { prompt, rounds, first, answer, isOneOfMany: usage !== undefined }
}

/**
 * Adds the cells of `logColumns` to those of a row, and of `toolColumns` if the model was offered
 * tools. Returns the values that the entry shares with others.
 */
function logCells(log: LogParts): (calls: LoggedCalls, cells: unknown[]) => readonly SharedValue[] {
  const { nextId, isMessageStore } = log
  const hashesOf = messageHashes(log.hash)
  const sharedOf = sharedValues()
  const optionsOf = optionsJson()
  const schemaOf = storedSchemas(log.hash)
  const toolsOf = storedTools()

  return (calls, cells) => {
    const { prompt, first } = calls
    const messages = hashesOf.ofCall(prompt, first)
    const { system, systemHash } = messages
    const schema = prompt.schema && schemaOf(prompt.schema)
    const tools = prompt.tools && toolsOf(prompt.tools)
    if (tools === undefined) addCall(cells, calls, messages, schema)
    else addCalls(cells, calls, messages, schema, tools)
    const { fragments, systemFragments = noFragments, attachments } = prompt
    const values = { fragments, systemFragments, system, systemHash, schema, attachments, tools }
    return sharedOf(values)
  }

  function addCall(
    cells: unknown[],
    { prompt, first, isOneOfMany }: LoggedCalls,
    messages: CallMessages,
    schema: StoredSchema | undefined,
  ): void {
    const { systemHash, userHash, chain, answerHash } = messages
    const { messages: given = [], attachments } = prompt
    cells.push(nextId(), nextId(), nameForPrompt(prompt), optionsOf(prompt.options))
    addAnswerCells(cells, first, { isMessageStore, isOneOfMany })
    addPromptCells(cells, prompt, messages)
    cells.push(
      systemHash ?? null,
      userHash ?? null,
      answerHash ?? null,
      schema?.id ?? null,
      systemFragmentHashes(prompt),
      prompt.ownSystem ?? null,
    )
    if (chain === undefined) cells.push(null, null)
    else cells.push(...chainCells({ messages: given, chain, isMessageStore }))
    cells.push(attachments?.map(({ id }) => id) ?? null)
  }

  function addCalls(
    cells: unknown[],
    calls: LoggedCalls,
    messages: CallMessages,
    schema: StoredSchema | undefined,
    tools: readonly StoredTool[],
  ): void {
    const { prompt } = calls
    const named: Readonly<Record<string, unknown>> = {
      ...toolCells({ ...calls, messages }, { hashesOf, nextId, isMessageStore }),
      name: nameForPrompt(prompt),
      options: optionsOf(prompt.options),
      system_hash: messages.systemHash,
      schema_id: schema?.id,
      system_fragments: systemFragmentHashes(prompt),
      own_system: prompt.ownSystem,
      tools: tools.map(({ hash }) => hash),
    }
    for (const column of ['log_id', ...logColumns, ...toolColumns]) {
      cells.push(named[column] ?? null)
    }
  }
}

function systemFragmentHashes({ systemFragments = noFragments }: Prompt) {
  return systemFragments.length === 0 ? null : systemFragments.map(({ hash }) => hash)
}

const noFragments: readonly Fragment[] = []
const noValues: readonly SharedValue[] = []
