import type { Clock } from '../../port/clock.js'
import type { Usage } from '../../row/answer.js'
import { stringifyJson } from '../../row/exact-json.js'
import type { Answered, Failed, Outcome, ReuseKind } from '../../row/outcome.js'
import type { Fragment, JsonSchema, ModelOptions, Prompt } from '../../row/prompt.js'
import { keptHash } from '../batches/kept-hash.js'
import type { RowUsageColumns } from '../batches/usage-columns.js'
import { logDate } from '../database/log-date.js'
import { wellFormedJson } from '../database/well-formed-json.js'
import { nameForPrompt } from '../llm-log/conversation-name.js'
import type { MessageHash } from '../llm-log/message-hash.js'
import { messageHashes } from '../llm-log/message-hashes.js'
import { replyJson } from '../llm-log/reply-json.js'
import { schemaContent } from '../llm-log/schema-content.js'
import { referToFragments, searchableText } from '../llm-log/text-reference.js'
import { askedInChain, chainCells } from './chain-cells.js'
import { type SharedValue, type StoredSchema, sharedValues } from './shared-values.js'

/** The cells of an entry for `batch_rows`, in the order of its array. */
export const rowColumns = [
  'row_index',
  'prompt_hash',
  'status',
  'attempts',
  'error_code',
  'error_message',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd',
  'duration_ms',
  'finished_at',
  'reuse',
  'is_cut',
  'input_columns',
  'response',
  'log_id',
] as const

/** The cells for `batch_rows` that are counted without the database. */
export interface RowCells extends RowUsageColumns {
  readonly row_index: number
  readonly status: string
  readonly reuse: ReuseKind | null
}

/** Reads the cells of an entry for `batch_rows`. */
export function rowCellsOf(cells: readonly unknown[]): RowCells {
  const named = rowColumns.map((column, index) => [column, cells[index]] as const)
  return Object.fromEntries(named) as unknown as RowCells
}

/**
 * Further cells of an answer that goes to llm's log. `logged_…_tokens` are llm's counts if they
 * differ. `asked` is the whole text sent, if it differs
 * from `prompt` and has no fragment. Else `pieces` has its texts and, each in an array, the hashes
 * of its fragments. `own_system` is the system prompt without its fragments, if it has any.
 * `chain` has the messages of a conversation that the row gives, and `given_messages` the same in
 * OpenAI's form, for llm's older tables.
 */
export const logColumns = [
  'thread_id',
  'name',
  'options',
  'token_details',
  'logged_input_tokens',
  'logged_output_tokens',
  'started_at',
  'reply',
  'reasoning',
  'prompt',
  'asked',
  'pieces',
  'searched',
  'fragments',
  'system_hash',
  'user_hash',
  'answer_hash',
  'schema_id',
  'system_fragments',
  'own_system',
  'chain',
  'given_messages',
] as const

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

/**
 * Makes the entries of outcomes. An entry has its ids, dates and hashes, so that it can be written
 * to the database any number of times. Skipped and recalled outcomes are left out.
 */
export function journalEntries({
  clock,
  log,
}: JournalEntriesOptions): (outcomes: readonly Outcome[]) => readonly JournalEntry[] {
  const hashesOf = log && messageHashes(log.hash)
  const sharedOf = sharedValues()
  const optionsOf = optionsJson()
  const schemaOf = storedSchemas(log?.hash)

  return outcomes => {
    const finishedAt = logDate(clock.nowMs()).slice(0, 19)
    const entries: JournalEntry[] = []
    for (const outcome of outcomes) {
      if (!isRecorded(outcome)) continue
      const cells = rowCells(outcome, finishedAt)
      entries.push(
        outcome.kind === 'answered'
          ? answeredEntry(outcome, cells)
          : { line: wellFormedJson(cells), shared: [] },
      )
    }
    return entries
  }

  function answeredEntry(outcome: Answered, cells: unknown[]): JournalEntry {
    const { prompt, answer, usage, reused } = outcome
    // A reused answer is in the log already, for the row that was asked.
    if (log === undefined || hashesOf === undefined || reused !== undefined)
      return { line: wellFormedJson(cells), shared: [] }
    const { system, systemHash, asked, userHash, chain, answerHash } = hashesOf(prompt, answer)
    const schema = prompt.schema && schemaOf(prompt.schema)
    const { fragments, systemFragments = none, messages = [] } = prompt
    const { isMessageStore } = log
    cells.push(
      log.nextId(),
      log.nextId(),
      nameForPrompt(prompt),
      optionsOf(prompt.options),
      tokenDetailsJson(answer.usage),
      answer.usage.loggedInputTokens ?? (usage === undefined ? null : answer.usage.inputTokens),
      answer.usage.loggedOutputTokens ?? (usage === undefined ? null : answer.usage.outputTokens),
      logDate(answer.startedAtMs),
      replyJson(answer, isMessageStore),
      answer.reasoning || null,
      prompt.text,
      ...(chain === undefined ? askedCells(prompt, asked) : askedInChain(chain)),
      systemHash ?? null,
      userHash ?? null,
      answerHash ?? null,
      schema?.id ?? null,
      systemFragments.length === 0 ? null : systemFragments.map(({ hash }) => hash),
      prompt.ownSystem ?? null,
      ...(chain === undefined ? noMessages : chainCells({ messages, chain, isMessageStore })),
    )
    const shared = sharedOf({ fragments, systemFragments, system, systemHash, schema })
    return { line: wellFormedJson(cells), shared }
  }
}

/** Whether an outcome is recorded: skipped rows have nothing, and recalled answers are there. */
export function isRecorded(outcome: Outcome): outcome is Answered | Failed {
  return outcome.kind === 'failed' || (outcome.kind === 'answered' && !outcome.isRecalled)
}

function rowCells(outcome: Answered | Failed, finishedAt: string): unknown[] {
  const { kind, row, prompt, answer, attempts, costUsd } = outcome
  const usage = outcome.usage ?? answer?.usage
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
    answer === undefined ? null : Math.round(answer.durationMs),
    finishedAt,
    outcome.reused ?? null,
    kind === 'answered' && answer?.finishReason === 'length' ? 1 : null,
    kind === 'failed' ? stringifyJson(row.columns) : null,
    answer?.text ?? null,
  ]
}

/** The cells `asked`, `pieces`, `searched` and `fragments`. */
function askedCells({ text, fragments }: Prompt, asked: string): readonly unknown[] {
  if (fragments.length === 0) return noFragments
  const hashes = fragments.map(({ hash }) => hash)
  const pieces = referToFragments(asked, fragments)
  if (pieces === undefined) return [asked === text ? null : asked, null, null, hashes]
  return [null, pieces, searchableText(pieces), hashes]
}

const noFragments = [null, null, null, null] as const
const none: readonly Fragment[] = []
const noMessages = [null, null] as const

/** A provider's further token counts, or null. */
function tokenDetailsJson({ details }: Usage): string | null {
  return details === undefined || Object.keys(details).length === 0 ? null : JSON.stringify(details)
}

/** Schemas as llm stores them. The prompts of a run share one. */
function storedSchemas(hash: MessageHash | undefined): (schema: JsonSchema) => StoredSchema {
  const known = new WeakMap<JsonSchema, StoredSchema>()
  return schema => {
    const stored = known.get(schema)
    if (stored !== undefined) return stored
    const content = schemaContent(schema)
    const made = { id: hash?.ofSchema(content) ?? '', content }
    known.set(schema, made)
    return made
  }
}

/** Options as JSON, or null. All prompts of a run share them. */
function optionsJson(): (options: ModelOptions) => string | null {
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
