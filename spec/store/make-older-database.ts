import type { Clock } from '../../lib/port/clock.js'
import { openDatabase } from '../../lib/store/database/open-database.js'
import { makeLlmTables } from '../../lib/store/llm-log/make-llm-tables.js'
import { specDriver } from './spec-driver.js'

export interface OlderDatabaseOptions {
  readonly path: string
  readonly clock: Clock
}

/** Makes a file of llm's as llm itself would today: nothing in it is of us. */
export async function makeLlmDatabase(
  { path, clock }: OlderDatabaseOptions,
  script = '',
): Promise<void> {
  const database = await openDatabase({ path, clock, driver: specDriver })
  await makeLlmTables(database, clock)
  if (script !== '') await database.exec(script)
  await database.close()
}

/** Makes a file as llm 0.32rc1 did: a message store whose turns have no `response_json`. */
export function makeDatabaseWithoutReplies(options: OlderDatabaseOptions): Promise<void> {
  return makeLlmDatabase(
    options,
    `ALTER TABLE turns DROP COLUMN response_json;
     DELETE FROM _llm_migrations WHERE name = 'm027_turns_response_json';`,
  )
}

/** Makes a file as llm 0.31.1 did: responses and conversations, no message store. */
export function makeLegacyDatabase(options: OlderDatabaseOptions): Promise<void> {
  return makeLlmDatabase(options, withoutMessageStore)
}

/** Makes a file as llm 0.26 did, the first with tools: what a tool threw is not kept apart. */
export function makeFirstToolDatabase(options: OlderDatabaseOptions): Promise<void> {
  return makeLlmDatabase(
    options,
    `${withoutMessageStore}
     DROP TABLE tool_results_attachments;
     ALTER TABLE tool_results DROP COLUMN exception;
     ALTER TABLE responses DROP COLUMN resolved_model;
     DELETE FROM _llm_migrations WHERE name >= 'm019';`,
  )
}

const withoutMessageStore = `
DROP VIEW message_tree; DROP TABLE turn_search; DROP TABLE turn_search_fts; DROP TABLE tool_instantiations;
     DROP TABLE turn_tools; DROP TABLE turn_fragments; DROP TABLE turns; DROP TABLE threads;
     DROP TABLE part_fragments; DROP TABLE part_attachments; DROP TABLE parts;
     DROP TABLE messages;
     ALTER TABLE responses DROP COLUMN reasoning;
     DELETE FROM _llm_migrations WHERE name >= 'm022';`

/** Makes a file as llm 0.12 did: no attachments, usage, schemas or fragments. */
export async function makeOldestDatabase(options: OlderDatabaseOptions): Promise<void> {
  const database = await openDatabase({ ...options, driver: specDriver })
  await database.exec(`
    CREATE TABLE [_llm_migrations] ([name] TEXT PRIMARY KEY, [applied_at] TEXT);
    INSERT INTO _llm_migrations (name) VALUES ('m001_initial'), ('m010_create_new_log_tables');
    CREATE TABLE [conversations] ([id] TEXT PRIMARY KEY, [name] TEXT, [model] TEXT);
    CREATE TABLE [responses] (
      [id] TEXT PRIMARY KEY, [model] TEXT, [prompt] TEXT, [system] TEXT, [prompt_json] TEXT,
      [options_json] TEXT, [response] TEXT, [response_json] TEXT,
      [conversation_id] TEXT REFERENCES [conversations]([id]), [duration_ms] INTEGER,
      [datetime_utc] TEXT);
    CREATE VIRTUAL TABLE [responses_fts] USING FTS5 ([prompt], [response], content=[responses]);
  `)
  await database.close()
}
