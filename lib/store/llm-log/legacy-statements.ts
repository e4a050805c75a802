export interface LegacyStatementsOptions {
  /** The columns of this file's `responses`. Later versions of llm added columns. */
  readonly responseColumns: ReadonlySet<string>
  /** Whether the file has fragments (llm's migration 15). */
  readonly hasFragments: boolean
  /** Whether the file has attachments (llm's migration 12). */
  readonly hasAttachments: boolean
}

/**
 * Writes the log of llm up to 0.31: a row of `responses` for each call, with its own conversation.
 */
export function legacyStatements(options: LegacyStatementsOptions): readonly string[] {
  const { responseColumns, hasFragments, hasAttachments } = options
  const cells = responseCells.filter(([column]) => responseColumns.has(column))
  const conversations = `INSERT OR IGNORE INTO conversations (id, name, model)
    SELECT thread_id, name, model FROM temp.recording CROSS JOIN temp.entries WHERE name IS NOT NULL`
  const responses = `INSERT OR IGNORE INTO responses (${cells.map(([column]) => column)})
    SELECT ${cells.map(([, value]) => value)}
    FROM temp.recording CROSS JOIN temp.entries AS entry
    LEFT JOIN temp.shared AS system ON system.hash = entry.system_hash
    WHERE log_id IS NOT NULL`
  const fragments = (['fragments', 'system_fragments'] as const).map(
    cell => `INSERT OR IGNORE INTO ${fragmentTables[cell]} (response_id, fragment_id, "order")
    SELECT log_id, fragments.id, given.key
    FROM temp.entries AS entry CROSS JOIN json_each(entry.${cell}) AS given
    CROSS JOIN fragments ON fragments.hash = given.value
    WHERE entry.${cell} IS NOT NULL`,
  )
  const attachments = `INSERT OR IGNORE INTO prompt_attachments (response_id, attachment_id, "order")
    SELECT log_id, given.value, given.key
    FROM temp.entries AS entry CROSS JOIN json_each(entry.attachments) AS given
    WHERE entry.attachments IS NOT NULL`
  return [
    conversations,
    responses,
    ...(hasFragments ? fragments : []),
    ...(hasAttachments ? [attachments] : []),
  ]
}

const fragmentTables = { fragments: 'prompt_fragments', system_fragments: 'system_fragments' }

/**
 * The value of each column of `responses`. `resolved_model` stays NULL, and `prompt_json` for a
 * prompt that is one text.
 */
const responseCells: readonly (readonly [column: string, value: string])[] = [
  ['id', 'log_id'],
  ['model', 'model'],
  ['prompt', 'prompt'],
  // llm adds the fragments itself when it continues a conversation.
  ['system', 'iif(system_fragments IS NULL, system.content, own_system)'],
  ['prompt_json', 'given_messages'],
  // These two are never NULL: `llm -c` would fail.
  ['options_json', "coalesce(options, '{}')"],
  ['response', 'response'],
  ['response_json', 'reply'],
  ['conversation_id', 'thread_id'],
  ['duration_ms', 'duration_ms'],
  ['datetime_utc', 'started_at'],
  ['input_tokens', 'coalesce(logged_input_tokens, input_tokens)'],
  ['output_tokens', 'coalesce(logged_output_tokens, output_tokens)'],
  ['token_details', 'token_details'],
  ['reasoning', 'reasoning'],
  ['schema_id', 'schema_id'],
]
