/** The cells of a call of the model that its row's entry has in `rounds`. */
const ownCells = words(`log_id response duration_ms token_details logged_input_tokens
  logged_output_tokens started_at reply reasoning prompt asked pieces searched fragments user_hash
  answer_hash chain given_messages attachments calls results`)
/** The cells that all calls for a row share. The thread's name stays with the row's entry. */
const sharedCells = words(
  'thread_id options system_hash schema_id system_fragments own_system tools',
)

/**
 * Makes an entry of each call of the model. Call this once the rows of the batch are written: what
 * follows takes entries for calls.
 */
export const spreadRounds: readonly string[] = [
  // The call after the rounds failed, and is not logged.
  'UPDATE temp.entries SET log_id = NULL WHERE rounds IS NOT NULL AND response IS NULL',
  // Before the rows' entries, because llm 0.31 reads a conversation in the order of its rowids.
  `INSERT INTO temp.entries (rowid, ${[...ownCells, ...sharedCells]})
  SELECT (entry.rowid - 1000000000) * 1000000 + round.key,
    ${ownCells.map(cell => `round.value ->> '${cell}'`)},
    ${sharedCells.map(cell => `entry.${cell}`)}
  FROM temp.entries AS entry CROSS JOIN json_each(entry.rounds) AS round
  WHERE entry.rounds IS NOT NULL`,
]

const toolStatement = `INSERT OR IGNORE INTO tools (hash, name, description, input_schema, plugin)
  SELECT content ->> 'hash', content ->> 'name', content ->> 'description',
    content ->> 'inputSchema', content ->> 'plugin'
  FROM temp.shared WHERE kind = 'tool'
  ORDER BY shared.rowid`

const offered = `FROM temp.entries AS entry CROSS JOIN json_each(entry.tools) AS offered
  CROSS JOIN tools ON tools.hash = offered.value
  WHERE entry.tools IS NOT NULL AND log_id IS NOT NULL
  ORDER BY entry.rowid, offered.key`

/** For the message store, after `messageStoreStatements`. */
export const messageToolStatements: readonly string[] = [
  toolStatement,
  // As Python writes JSON, but with other letters than ASCII as they are.
  `INSERT OR IGNORE INTO parts (message_hash, position, type, tool_name, payload)
  SELECT answer_hash AS message_hash, (reasoning IS NOT NULL) + (response <> '') + said.key AS position,
    'tool_call', said.value ->> 0,
    '{"name": ' || json_quote(said.value ->> 0) || ', "arguments": ' || (said.value ->> 1) ||
    ', "tool_call_id": ' || json_quote(said.value ->> 2) || '}'
  FROM temp.entries AS entry CROSS JOIN json_each(entry.calls) AS said
  WHERE entry.calls IS NOT NULL
  UNION ALL
  SELECT user_hash, fed.key, 'tool_result', fed.value ->> 0,
    '{"name": ' || json_quote(fed.value ->> 0) || ', "output": ' || json_quote(fed.value ->> 1) ||
    ', "tool_call_id": ' || json_quote(fed.value ->> 2) ||
    iif(fed.value ->> 3 IS NULL, '', ', "exception": ' || json_quote(fed.value ->> 3)) || '}'
  FROM temp.entries AS entry CROSS JOIN json_each(entry.results) AS fed
  WHERE entry.results IS NOT NULL
  ORDER BY message_hash, position`,
  `INSERT OR IGNORE INTO turn_tools (turn_id, tool_id) SELECT log_id, tools.id ${offered}`,
]

/**
 * For the older tables, before all others: a call is written with all its tools or not at all, and
 * these rows have no key that would leave a second one out.
 */
export const dropKnownResponses = `DELETE FROM temp.entries
  WHERE EXISTS (SELECT 1 FROM responses WHERE responses.id = entries.log_id)`

/**
 * For the older tables, after `legacyStatements`.
 *
 * @param hasException whether the file has `tool_results.exception` (llm's migration 21).
 */
export function legacyToolStatements(hasException: boolean): readonly string[] {
  const toolOf = (name: string) => `(
    SELECT tools.id FROM json_each(entry.tools) AS offered
    CROSS JOIN tools ON tools.hash = offered.value WHERE tools.name = ${name})`
  return [
    toolStatement,
    `INSERT OR IGNORE INTO tool_responses (tool_id, response_id) SELECT tools.id, log_id ${offered}`,
    `INSERT INTO tool_calls (response_id, tool_id, name, arguments, tool_call_id)
    SELECT log_id, ${toolOf('said.value ->> 0')}, said.value ->> 0, said.value ->> 1, said.value ->> 2
    FROM temp.entries AS entry CROSS JOIN json_each(entry.calls) AS said
    WHERE entry.calls IS NOT NULL AND log_id IS NOT NULL
    ORDER BY log_id, said.key`,
    `INSERT INTO tool_results (response_id, tool_id, name, output, tool_call_id${hasException ? ', exception' : ''})
    SELECT log_id, ${toolOf('fed.value ->> 0')}, fed.value ->> 0, fed.value ->> 1, fed.value ->> 2${hasException ? ', fed.value ->> 3' : ''}
    FROM temp.entries AS entry CROSS JOIN json_each(entry.results) AS fed
    WHERE entry.results IS NOT NULL AND log_id IS NOT NULL
    ORDER BY log_id, fed.key`,
  ]
}

function words(text: string): readonly string[] {
  return text.split(/\s+/)
}
