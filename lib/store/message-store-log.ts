import type { CallLog, LoggedCall } from '../port/call-log.js'
import type { Clock } from '../port/clock.js'
import type { SqlValue, Statements } from '../port/database.js'
import { nameForPrompt } from './conversation-name.js'
import { fragmentNumbers } from './fragment-rows.js'
import { insertGroupSql, insertRows } from './insert-group.js'
import { logDate, spacedLogDate } from './log-date.js'
import { optionsJson, tokenDetailsJson } from './log-json.js'
import { type Message, type MessageChain, messageChains } from './message-chain.js'
import type { MessageHash } from './message-hash.js'
import { replyJson } from './reply-json.js'
import { referToFragments, searchableText, type TextPiece } from './text-reference.js'

type Cells = readonly SqlValue[]

/** The rows of one group, by table. */
interface LogRows {
  /** By hash: rows of one group share a system message at least. */
  readonly messages: Map<string, Cells>
  readonly parts: Cells[]
  readonly partFragments: Cells[]
  readonly threads: Cells[]
  readonly turns: Cells[]
  readonly turnFragments: Cells[]
  readonly turnSearch: Cells[]
}

export interface MessageStoreLogOptions {
  readonly clock: Clock
  readonly hash: MessageHash
  /** Whether the file has `turns.response_json` (llm's migration 27). */
  readonly hasResponseJson: boolean
}

const turnColumns = [
  'id',
  'thread_id',
  'parent_message_hash',
  'tip_message_hash',
  'model',
  'options_json',
  'input_tokens',
  'output_tokens',
  'token_details',
  'duration_ms',
  'datetime_utc',
]

const insertMessages = insertGroupSql({
  table: 'messages',
  columns: ['hash', 'parent_hash', 'role'],
  onConflict: 'ignore',
})
// A message that was there already has its parts: each breaks the unique index, and is left out.
const insertParts = insertGroupSql({
  table: 'parts',
  columns: ['message_hash', 'position', 'type', 'text', 'payload'],
  onConflict: 'ignore',
})
const insertPartFragments = `
  INSERT OR IGNORE INTO part_fragments (part_id, fragment_id, "order")
  SELECT parts.id, given.value ->> 2, given.value ->> 3 FROM json_each(?) AS given
  JOIN parts ON parts.message_hash = given.value ->> 0 AND parts.position = given.value ->> 1`
const insertThreads = insertGroupSql({
  table: 'threads',
  columns: ['id', 'name', 'tip_message_hash', 'datetime_utc'],
})
const insertTurnFragments = insertGroupSql({
  table: 'turn_fragments',
  columns: ['turn_id', 'fragment_id', 'order', 'kind'],
})
const insertTurnSearch = insertGroupSql({
  table: 'turn_search',
  columns: ['turn_id', 'prompt', 'response'],
})

/** llm's log from 0.32 on: messages by the hash of their content, and turns that point into their chains. */
export function createMessageStoreLog(options: MessageStoreLogOptions): CallLog {
  const { clock, hash, hasResponseJson } = options
  const chainOf = messageChains(hash)
  const columns = hasResponseJson ? [...turnColumns, 'response_json'] : turnColumns
  const insertTurns = insertGroupSql({ table: 'turns', columns })

  return {
    async write(statements, calls) {
      const fragments = calls.flatMap(({ prompt }) => prompt.fragments)
      const numbers = await fragmentNumbers(statements, fragments, clock)
      const rows = emptyRows()
      for (const call of calls) addCall(rows, call, numbers)
      await insertAll(statements, rows)
    },
  }

  function addCall(rows: LogRows, call: LoggedCall, numbers: ReadonlyMap<string, number>): void {
    const chain = chainOf(call)
    const { fragments } = call.prompt
    const byContent =
      fragments.length === 0
        ? noFragments
        : new Map(fragments.map(({ content, hash }) => [content, numbers.get(hash) ?? 0]))
    let asked = ''
    for (const message of chain.input) {
      const text = addInput(rows, message, byContent)
      if (message.role === 'user') asked = text
    }
    for (const message of chain.output) addOutput(rows, message)
    addTurn(rows, call, chain)
    fragments.forEach(({ hash }, order) => {
      rows.turnFragments.push([call.id, numbers.get(hash) ?? null, order, 'prompt'])
    })
    const answered = call.answer.text
    if (asked !== '' || answered !== '') rows.turnSearch.push([call.id, asked, answered])
  }

  function addTurn(rows: LogRows, call: LoggedCall, { input, output }: MessageChain): void {
    const { prompt, answer } = call
    const parent = input.at(-1)?.hash ?? null
    const tip = output.at(-1)?.hash ?? parent
    const startedAt = spacedLogDate(answer.startedAtMs)
    rows.threads.push([call.threadId, nameForPrompt(prompt), tip, startedAt])
    const turn: SqlValue[] = [
      call.id,
      call.threadId,
      parent,
      tip,
      call.model,
      optionsJson(prompt.options) ?? null,
      answer.usage.inputTokens ?? null,
      answer.usage.outputTokens ?? null,
      tokenDetailsJson(answer.usage),
      Math.round(answer.durationMs),
      logDate(answer.startedAtMs),
    ]
    if (hasResponseJson) turn.push(replyJson(answer.reply))
    rows.turns.push(turn)
  }

  async function insertAll(statements: Statements, rows: LogRows): Promise<void> {
    await insertRows(statements, insertMessages, [...rows.messages.values()])
    await insertRows(statements, insertParts, rows.parts)
    await insertRows(statements, insertPartFragments, rows.partFragments)
    await insertRows(statements, insertThreads, rows.threads)
    await insertRows(statements, insertTurns, rows.turns)
    await insertRows(statements, insertTurnFragments, rows.turnFragments)
    await insertRows(statements, insertTurnSearch, rows.turnSearch)
  }
}

/** Adds a message that was sent, its fragments by reference; gives what of it is searchable. */
function addInput(
  rows: LogRows,
  { hash, parent, role, parts }: Message,
  fragmentIds: ReadonlyMap<string, number>,
): string {
  const text = parts[0]?.text ?? ''
  const pieces = referToFragments(text, fragmentIds)
  const payload = pieces === undefined ? null : JSON.stringify({ text_ref: pieces })
  if (rows.messages.has(hash)) return searchableText(text, pieces)
  rows.messages.set(hash, [hash, parent ?? null, role])
  rows.parts.push([hash, 0, 'text', pieces === undefined ? text : null, payload])
  usedFragments(pieces).forEach((id, order) => {
    rows.partFragments.push([hash, 0, id, order])
  })
  return searchableText(text, pieces)
}

function addOutput(rows: LogRows, { hash, parent, role, parts }: Message): void {
  if (rows.messages.has(hash)) return
  rows.messages.set(hash, [hash, parent ?? null, role])
  parts.forEach(({ type, text }, position) => {
    rows.parts.push([hash, position, type, text, null])
  })
}

function usedFragments(pieces: readonly TextPiece[] | undefined): readonly number[] {
  return (pieces ?? []).flatMap(piece => ('fragment' in piece ? [piece.fragment] : []))
}

const noFragments: ReadonlyMap<string, number> = new Map()

function emptyRows(): LogRows {
  return {
    messages: new Map(),
    parts: [],
    partFragments: [],
    threads: [],
    turns: [],
    turnFragments: [],
    turnSearch: [],
  }
}
