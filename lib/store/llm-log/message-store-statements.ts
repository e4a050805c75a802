/**
 * Writes the log of llm 0.32 and later: messages by the hash of their content, and turns that point
 * to their chains.
 *
 * Reads the temporary tables of `writeEntries`. Entries have ids and hashes, so existing rows stay
 * as they are. Rows are inserted in the order of their hashes, so that each page of an index is
 * changed once a group.
 *
 * @param hasResponseJson whether the file has `turns.response_json` (llm's migration 27).
 */
export function messageStoreStatements(hasResponseJson: boolean): readonly string[] {
  return [
    `INSERT OR IGNORE INTO messages (hash, parent_hash, role)
    SELECT hash, NULL AS parent_hash, 'system' AS role FROM temp.shared WHERE kind = 'system'
    UNION ALL
    SELECT user_hash, system_hash, 'user' FROM temp.entries
    WHERE user_hash IS NOT NULL AND chain IS NULL
    UNION ALL
    SELECT said.value ->> 0, said.value ->> 1, said.value ->> 2
    FROM temp.entries CROSS JOIN json_each(chain) AS said WHERE chain IS NOT NULL
    UNION ALL
    SELECT answer_hash, coalesce(user_hash, system_hash), 'assistant'
    FROM temp.entries WHERE answer_hash IS NOT NULL
    ORDER BY hash`,
    // An existing message has its parts already; the unique index leaves them out.
    `INSERT OR IGNORE INTO parts (message_hash, position, type, text, payload)
    SELECT hash AS message_hash, 0 AS position, 'text', content, NULL
    FROM temp.shared WHERE kind = 'system'
    UNION ALL
    SELECT user_hash, 0, 'text', iif(pieces IS NULL, coalesce(asked, prompt), NULL),
      iif(pieces IS NULL, NULL, json_object('text_ref', (
        SELECT json_group_array(
          iif(piece.type = 'text', json_object('literal', piece.value), json_object('fragment', fragments.id)))
        FROM json_each(pieces) AS piece
        LEFT JOIN fragments ON fragments.hash = iif(piece.type = 'text', NULL, piece.value ->> 0))))
    FROM temp.entries
    WHERE user_hash IS NOT NULL AND chain IS NULL
      AND (pieces IS NOT NULL OR coalesce(asked, prompt) <> '')
    UNION ALL
    SELECT user_hash, given.key + (pieces IS NOT NULL OR coalesce(asked, prompt) <> ''),
      'attachment', NULL, json_object('attachment', json_object('id', given.value))
    FROM temp.entries AS entry CROSS JOIN json_each(entry.attachments) AS given
    WHERE entry.attachments IS NOT NULL
    UNION ALL
    SELECT said.value ->> 0, piece.key, 'text', piece.value, NULL
    FROM temp.entries CROSS JOIN json_each(chain) AS said CROSS JOIN json_each(said.value, '$[3]') AS piece
    WHERE chain IS NOT NULL
    UNION ALL
    SELECT answer_hash, 0, 'reasoning', reasoning, NULL FROM temp.entries WHERE reasoning IS NOT NULL
    UNION ALL
    SELECT answer_hash, reasoning IS NOT NULL, 'text', response, NULL
    FROM temp.entries WHERE log_id IS NOT NULL AND response <> ''
    ORDER BY message_hash, position`,
    `INSERT OR IGNORE INTO part_fragments (part_id, fragment_id, "order")
    SELECT parts.id, fragments.id, (
      SELECT count(*) FROM json_each(entry.pieces) AS earlier
      WHERE earlier.type <> 'text' AND earlier.key < piece.key)
    FROM temp.entries AS entry CROSS JOIN json_each(entry.pieces) AS piece
    CROSS JOIN parts ON parts.message_hash = entry.user_hash AND parts.position = 0
    CROSS JOIN fragments ON fragments.hash = iif(piece.type = 'text', NULL, piece.value ->> 0)
    WHERE entry.pieces IS NOT NULL`,
    `INSERT OR IGNORE INTO part_attachments (part_id, attachment_id, "order")
    SELECT parts.id, parts.payload ->> '$.attachment.id', 0
    FROM temp.entries AS entry
    CROSS JOIN parts ON parts.message_hash = entry.user_hash AND parts.type = 'attachment'
    WHERE entry.attachments IS NOT NULL`,
    `INSERT OR IGNORE INTO threads (id, name, tip_message_hash, datetime_utc)
    SELECT thread_id, name, coalesce(answer_hash, user_hash, system_hash), replace(started_at, 'T', ' ')
    FROM temp.entries WHERE name IS NOT NULL`,
    `INSERT OR IGNORE INTO turns (
      id, thread_id, parent_message_hash, tip_message_hash, model, options_json, schema_id, input_tokens,
      output_tokens, token_details, duration_ms, datetime_utc${hasResponseJson ? ', response_json' : ''})
    SELECT log_id, thread_id, coalesce(user_hash, system_hash),
      coalesce(answer_hash, user_hash, system_hash), model, options, schema_id,
      coalesce(logged_input_tokens, input_tokens), coalesce(logged_output_tokens, output_tokens),
      token_details, duration_ms, started_at${hasResponseJson ? ', reply' : ''}
    FROM temp.recording CROSS JOIN temp.entries WHERE log_id IS NOT NULL`,
    `INSERT OR IGNORE INTO turn_fragments (turn_id, fragment_id, "order", kind)
    SELECT log_id, fragments.id, given.key, 'prompt'
    FROM temp.entries AS entry CROSS JOIN json_each(entry.fragments) AS given
    CROSS JOIN fragments ON fragments.hash = given.value
    WHERE entry.fragments IS NOT NULL`,
    `INSERT OR IGNORE INTO turn_fragments (turn_id, fragment_id, "order", kind)
    SELECT log_id, fragments.id, given.key, 'system'
    FROM temp.entries AS entry CROSS JOIN json_each(entry.system_fragments) AS given
    CROSS JOIN fragments ON fragments.hash = given.value
    WHERE entry.system_fragments IS NOT NULL`,
    `INSERT OR IGNORE INTO turn_search (turn_id, prompt, response)
    SELECT log_id, coalesce(searched, asked, prompt), response
    FROM temp.entries
    WHERE log_id IS NOT NULL AND (response <> '' OR coalesce(searched, asked, prompt) <> '')`,
  ]
}
