/**
 * Reads the texts of logged calls, and the tokens that were billed for them, in either generation
 * of llm's tables. Calls with fragments, and conversations, are left out: their texts are in
 * several places.
 *
 * @param from the `FROM` part that gives the rows of `batch_rows` as `called`.
 * @returns undefined if the file has no log.
 */
export function billedStatement(tables: ReadonlySet<string>, from: string): string | undefined {
  if (tables.has('turns')) return fromMessageStore(from)
  return tables.has('responses') ? fromResponses(from, tables.has('prompt_fragments')) : undefined
}

function fromMessageStore(from: string): string {
  return `
    SELECT asked.text, said.text AS system, called.input_tokens AS inputTokens ${from}
    CROSS JOIN turns ON turns.id = called.log_id
    CROSS JOIN messages ON messages.hash = turns.parent_message_hash AND messages.role = 'user'
    CROSS JOIN parts AS asked ON asked.message_hash = messages.hash AND asked.position = 0
    LEFT JOIN messages AS before ON before.hash = messages.parent_hash
    LEFT JOIN parts AS said ON said.message_hash = messages.parent_hash AND said.position = 0
    WHERE called.status = 'answered' AND called.input_tokens > 0
      AND asked.type = 'text' AND asked.payload IS NULL AND said.payload IS NULL
      AND (before.hash IS NULL OR (before.role = 'system' AND before.parent_hash IS NULL))
      AND NOT EXISTS (
        SELECT 1 FROM parts WHERE parts.message_hash = messages.hash AND parts.position = 1)`
}

function fromResponses(from: string, hasFragments: boolean): string {
  const without = hasFragments
    ? 'AND NOT EXISTS (SELECT 1 FROM prompt_fragments WHERE response_id = responses.id)'
    : ''
  return `
    SELECT responses.prompt AS text, responses.system, called.input_tokens AS inputTokens ${from}
    CROSS JOIN responses ON responses.id = called.log_id
    WHERE called.status = 'answered' AND called.input_tokens > 0
      AND responses.prompt_json IS NULL ${without}`
}
