/**
 * Names of llm's migrations up to 0.36, in order. Some numbers occur twice.
 *
 * The list is complete: at each start Python makes what is missing by name, and processes that
 * start together collide.
 */
export const llmMigrations: readonly string[] = [
  'm001_initial',
  'm002_id_primary_key',
  'm003_chat_id_foreign_key',
  'm004_column_order',
  'm004_drop_provider',
  'm005_debug',
  'm006_new_logs_table',
  'm007_finish_logs_table',
  'm008_reply_to_id_foreign_key',
  'm008_fix_column_order_in_logs',
  'm009_delete_logs_table_if_empty',
  'm010_create_new_log_tables',
  'm011_fts_for_responses',
  'm012_attachments_tables',
  'm013_usage',
  'm014_schemas',
  'm015_fragments_tables',
  'm016_fragments_table_pks',
  'm017_tools_tables',
  'm017_tools_plugin',
  'm018_tool_instances',
  'm019_resolved_model',
  'm020_tool_results_attachments',
  'm021_tool_results_exception',
  'm022_response_reasoning',
  'm023_message_store',
  'm024_tool_instance_references',
  'm025_turn_tools_instance_backfill',
  'm026_message_tree_view',
  'm027_turns_response_json',
]

/** The full-text index of a table's `prompt` and `response`, and the triggers that update it. */
function searchIndexSql(table: string): string {
  const remove = `INSERT INTO "${table}_fts" ("${table}_fts", rowid, "prompt", "response")
    VALUES ('delete', old.rowid, old."prompt", old."response");`
  const add = `INSERT INTO "${table}_fts" (rowid, "prompt", "response")
    VALUES (new.rowid, new."prompt", new."response");`
  return `
    CREATE VIRTUAL TABLE "${table}_fts" USING FTS5 ("prompt", "response", content="${table}");
    CREATE TRIGGER "${table}_ai" AFTER INSERT ON "${table}" BEGIN ${add} END;
    CREATE TRIGGER "${table}_ad" AFTER DELETE ON "${table}" BEGIN ${remove} END;
    CREATE TRIGGER "${table}_au" AFTER UPDATE ON "${table}" BEGIN ${remove} ${add} END;`
}

const legacyTablesSql = `
  CREATE TABLE "conversations" ("id" TEXT PRIMARY KEY, "name" TEXT, "model" TEXT);
  CREATE TABLE "attachments" (
    "id" TEXT PRIMARY KEY, "type" TEXT, "path" TEXT, "url" TEXT, "content" BLOB);
  CREATE TABLE "schemas" ("id" TEXT PRIMARY KEY, "content" TEXT);
  CREATE TABLE "responses" (
    "id" TEXT PRIMARY KEY, "model" TEXT, "prompt" TEXT, "system" TEXT, "prompt_json" TEXT,
    "options_json" TEXT, "response" TEXT, "response_json" TEXT,
    "conversation_id" TEXT REFERENCES "conversations"("id"), "duration_ms" INTEGER,
    "datetime_utc" TEXT, "input_tokens" INTEGER, "output_tokens" INTEGER, "token_details" TEXT,
    "schema_id" TEXT REFERENCES "schemas"("id"), "resolved_model" TEXT, "reasoning" TEXT);
  CREATE TABLE "prompt_attachments" (
    "response_id" TEXT REFERENCES "responses"("id"),
    "attachment_id" TEXT REFERENCES "attachments"("id"), "order" INTEGER,
    PRIMARY KEY ("response_id", "attachment_id"));
  ${searchIndexSql('responses')}
  CREATE TABLE "fragments" (
    "id" INTEGER PRIMARY KEY, "hash" TEXT, "content" TEXT, "datetime_utc" TEXT, "source" TEXT);
  CREATE UNIQUE INDEX "idx_fragments_hash" ON "fragments" ("hash");
  CREATE TABLE "fragment_aliases" (
    "alias" TEXT PRIMARY KEY, "fragment_id" INTEGER REFERENCES "fragments"("id"));
  CREATE TABLE "prompt_fragments" (
    "response_id" TEXT REFERENCES "responses"("id"),
    "fragment_id" INTEGER REFERENCES "fragments"("id"), "order" INTEGER,
    PRIMARY KEY ("response_id", "fragment_id", "order"));
  CREATE TABLE "system_fragments" (
    "response_id" TEXT REFERENCES "responses"("id"),
    "fragment_id" INTEGER REFERENCES "fragments"("id"), "order" INTEGER,
    PRIMARY KEY ("response_id", "fragment_id", "order"));
  CREATE TABLE "tools" (
    "id" INTEGER PRIMARY KEY, "hash" TEXT, "name" TEXT, "description" TEXT, "input_schema" TEXT,
    "plugin" TEXT);
  CREATE UNIQUE INDEX "idx_tools_hash" ON "tools" ("hash");
  CREATE TABLE "tool_responses" (
    "tool_id" INTEGER REFERENCES "tools"("id"), "response_id" TEXT REFERENCES "responses"("id"),
    PRIMARY KEY ("tool_id", "response_id"));
  CREATE TABLE "tool_calls" (
    "id" INTEGER PRIMARY KEY, "response_id" TEXT REFERENCES "responses"("id"),
    "tool_id" INTEGER REFERENCES "tools"("id"), "name" TEXT, "arguments" TEXT,
    "tool_call_id" TEXT);
  CREATE TABLE "tool_instances" (
    "id" INTEGER PRIMARY KEY, "plugin" TEXT, "name" TEXT, "arguments" TEXT);
  CREATE TABLE "tool_results" (
    "id" INTEGER PRIMARY KEY, "response_id" TEXT REFERENCES "responses"("id"),
    "tool_id" INTEGER REFERENCES "tools"("id"), "name" TEXT, "output" TEXT, "tool_call_id" TEXT,
    "instance_id" INTEGER REFERENCES "tool_instances"("id"), "exception" TEXT);
  CREATE TABLE "tool_results_attachments" (
    "tool_result_id" INTEGER REFERENCES "tool_results"("id"),
    "attachment_id" TEXT REFERENCES "attachments"("id"), "order" INTEGER,
    PRIMARY KEY ("tool_result_id", "attachment_id"));`

const messageStoreSql = `
  CREATE TABLE "messages" (
    "hash" TEXT PRIMARY KEY, "parent_hash" TEXT REFERENCES "messages"("hash"), "role" TEXT,
    "provider_metadata" TEXT);
  CREATE INDEX "idx_messages_parent_hash" ON "messages" ("parent_hash");
  CREATE TABLE "parts" (
    "id" INTEGER PRIMARY KEY, "message_hash" TEXT REFERENCES "messages"("hash"),
    "position" INTEGER, "type" TEXT, "tool_name" TEXT, "text" TEXT, "payload" TEXT);
  CREATE UNIQUE INDEX "idx_parts_message_hash_position" ON "parts" ("message_hash", "position");
  CREATE TABLE "part_attachments" (
    "part_id" INTEGER REFERENCES "parts"("id"),
    "attachment_id" TEXT REFERENCES "attachments"("id"), "order" INTEGER,
    PRIMARY KEY ("part_id", "attachment_id", "order"));
  CREATE TABLE "part_fragments" (
    "part_id" INTEGER REFERENCES "parts"("id"),
    "fragment_id" INTEGER REFERENCES "fragments"("id"), "order" INTEGER,
    PRIMARY KEY ("part_id", "fragment_id", "order"));
  CREATE INDEX "idx_part_fragments_fragment_id" ON "part_fragments" ("fragment_id");
  CREATE TABLE "threads" (
    "id" TEXT PRIMARY KEY, "name" TEXT, "tip_message_hash" TEXT REFERENCES "messages"("hash"),
    "forked_from" TEXT REFERENCES "threads"("id"), "datetime_utc" TEXT);
  CREATE TABLE "turns" (
    "id" TEXT PRIMARY KEY, "thread_id" TEXT REFERENCES "threads"("id"),
    "parent_message_hash" TEXT REFERENCES "messages"("hash"),
    "tip_message_hash" TEXT REFERENCES "messages"("hash"), "model" TEXT, "resolved_model" TEXT,
    "options_json" TEXT, "schema_id" TEXT REFERENCES "schemas"("id"), "input_tokens" INTEGER,
    "output_tokens" INTEGER, "token_details" TEXT, "duration_ms" INTEGER, "datetime_utc" TEXT,
    "response_json" TEXT);
  CREATE INDEX "idx_turns_thread_id" ON "turns" ("thread_id");
  CREATE TABLE "turn_tools" (
    "turn_id" TEXT REFERENCES "turns"("id"), "tool_id" INTEGER REFERENCES "tools"("id"),
    "instance_id" INTEGER REFERENCES "tool_instances"("id"),
    PRIMARY KEY ("turn_id", "tool_id"));
  CREATE TABLE "turn_fragments" (
    "turn_id" TEXT REFERENCES "turns"("id"),
    "fragment_id" INTEGER REFERENCES "fragments"("id"), "order" INTEGER, "kind" TEXT,
    PRIMARY KEY ("turn_id", "fragment_id", "kind", "order"));
  CREATE INDEX "idx_turn_fragments_fragment_id" ON "turn_fragments" ("fragment_id");
  CREATE TABLE "turn_search" (
    "id" INTEGER PRIMARY KEY, "turn_id" TEXT REFERENCES "turns"("id"), "prompt" TEXT,
    "response" TEXT);
  CREATE UNIQUE INDEX "idx_turn_search_turn_id" ON "turn_search" ("turn_id");
  ${searchIndexSql('turn_search')}
  CREATE TABLE "tool_instantiations" (
    "turn_id" TEXT REFERENCES "turns"("id"), "tool_call_id" TEXT,
    "instance_id" INTEGER REFERENCES "tool_instances"("id"),
    PRIMARY KEY ("turn_id", "tool_call_id"));`

/** A view for people: the messages of all conversations as an indented tree. */
const messageTreeSql = `
  CREATE VIEW "message_tree" AS WITH RECURSIVE
    msg AS (
      SELECT m.hash, m.parent_hash, m.role, m.rowid AS rid,
        replace(coalesce(
          nullif(p.text, ''),
          (SELECT f.content FROM part_fragments pf JOIN fragments f ON f.id = pf.fragment_id
            WHERE pf.part_id = p.id ORDER BY pf."order" LIMIT 1),
          '[' || coalesce(p.type, 'empty') || ']'), char(10), ' ') AS text,
        (SELECT group_concat(p2.tool_name, ', ') FROM parts p2
          WHERE p2.message_hash = m.hash AND p2.type = 'tool_result'
            AND p2.tool_name IS NOT NULL) AS tools
      FROM messages m LEFT JOIN parts p ON p.message_hash = m.hash AND p.position = 0),
    tree AS (
      SELECT hash, text, tools, 0 AS depth, printf('%012d', rid) AS path, hash AS root_hash
      FROM msg WHERE parent_hash IS NULL
      UNION ALL
      SELECT msg.hash, msg.text, msg.tools, t.depth + 1,
        t.path || '/' || printf('%012d', msg.rid), t.root_hash
      FROM msg JOIN tree t ON msg.parent_hash = t.hash),
    turn_chain AS (
      SELECT t.id AS turn_id, t.datetime_utc, m.hash, m.parent_hash
      FROM turns t JOIN messages m ON m.hash = t.tip_message_hash
      UNION ALL
      SELECT tc.turn_id, tc.datetime_utc, m.hash, m.parent_hash
      FROM turn_chain tc JOIN messages m ON m.hash = tc.parent_hash)
  SELECT t.root_hash,
    strftime('%Y-%m-%d %H:%M:%S',
      (SELECT min(tc.datetime_utc) FROM turn_chain tc WHERE tc.hash = t.hash)) AS datetime,
    replace(hex(zeroblob(t.depth)), '00', '    ') || substr(t.text, 1, 60) AS message,
    coalesce(t.tools, '') AS tools, t.hash AS message_hash, t.path
  FROM tree t ORDER BY t.path;`

/** The schema of a new logs.db of llm 0.36, with both generations of tables. */
export const llmSchemaSql = legacyTablesSql + messageStoreSql + messageTreeSql

/** Tables that identify a file of any llm version. */
export const llmTables: readonly string[] = [
  'log',
  'logs',
  'conversations',
  'responses',
  'messages',
  'turns',
]
