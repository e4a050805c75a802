import type { CallLog, LoggedCall } from '../port/call-log.js'
import type { SqlValue } from '../port/database.js'
import { insertRows } from './insert-group.js'

/** Columns of `responses` that a turn has under the same name. */
const sharedColumns = [
  'id',
  'model',
  'response_json',
  'duration_ms',
  'datetime_utc',
  'input_tokens',
  'output_tokens',
  'token_details',
]
const turnsGiven = 'json_each(?) AS given CROSS JOIN turns ON turns.id = given.value ->> 0'

const copyConversations = `
  INSERT OR IGNORE INTO conversations (id, name, model)
  SELECT threads.id, threads.name, turns.model
  FROM ${turnsGiven} JOIN threads ON threads.id = turns.thread_id`
// A turn of which both texts are empty is not searched for. Never NULL, options and response: `llm -c` breaks on it.
const copyResponses = `
  INSERT INTO responses (
    ${sharedColumns.join(', ')}, conversation_id, options_json, prompt, response, system, reasoning)
  SELECT ${sharedColumns.map(column => `turns.${column}`).join(', ')}, turns.thread_id,
    coalesce(turns.options_json, '{}'), coalesce(given.value ->> 1, turn_search.prompt, ''),
    coalesce(turn_search.response, ''), given.value ->> 2, given.value ->> 3
  FROM ${turnsGiven} LEFT JOIN turn_search ON turn_search.turn_id = turns.id`
const copyFragments = `
  INSERT INTO prompt_fragments (response_id, fragment_id, "order")
  SELECT turn_id, fragment_id, "order"
  FROM json_each(?) AS given CROSS JOIN turn_fragments ON turn_id = given.value ->> 0
  WHERE kind = 'prompt'`

/**
 * llm's log in both generations of its tables. Each call stands in both under the same ids, by which llm from 0.32 on
 * shows it once, and older ones see it at all.
 *
 * The older rows are copied, inside SQLite, from what the message store has just written: that costs half of what a
 * second write of the same texts does (27 µs a row against 48, measured).
 *
 * @param newer writes turns, with `response_json`.
 */
export function createTwoGenerationLog(newer: CallLog): CallLog {
  return {
    async write(statements, calls) {
      await newer.write(statements, calls)
      const given = calls.map(notInTurn)
      await insertRows(statements, copyConversations, given)
      await insertRows(statements, copyResponses, given)
      const withFragments = calls.filter(({ prompt }) => prompt.fragments.length > 0)
      const ids = withFragments.map(({ id }) => [id])
      await insertRows(statements, copyFragments, ids)
    },
  }
}

/** What the older tables keep of a call that a turn does not say, or says in another way. */
function notInTurn({ id, prompt, answer }: LoggedCall): readonly SqlValue[] {
  // What is searched of a prompt with fragments has the line breaks between them.
  const text = prompt.fragments.length === 0 ? null : prompt.text
  return [id, text, prompt.system ?? null, answer.reasoning ?? null]
}
