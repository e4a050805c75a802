/**
 * One step in the history of our tables. A released step is never edited; a change is a new step.
 */
export interface BatchMigration {
  readonly name: string
  readonly sql: string
}

/**
 * Our tables, beside llm's.
 *
 * `batch_runs`: one row a batch. The first ten columns are for users' queries. Times are as in
 * llm's tables. `run` is the number of the last run, from 1. `updated_at` is the heartbeat of the
 * process `process_id` on `host`, which holds the batch by `lease` while the status is `running`.
 * `rate` is in rows a minute. `stop_requested` is `abort` or `finish:MS`. `unsettled_usd` is what
 * calls of earlier runs without an answer may have cost, if the batch has a cap of its cost.
 *
 * `batch_rows`: one row for each finished row of a batch, with its index, and with the hash of its
 * prompt, which is '' for a row that could not be read or rendered. `run` is the run that recorded
 * the row, or moved it to another index. Rows of different runs may have the same index until the
 * batch completes. `status` is `answered` or `failed`. `response` is the answer's text, even if
 * llm's log has the text too, under `log_id`: to read a million answers from there takes minutes,
 * and an answer deleted there is not asked again. A failed row keeps its cut answer, and its
 * `input_columns` as JSON. A failed row has a `log_id` only if its model called tools. Long columns
 * come last, so that the others can be read without them.
 *
 * `recorded_run` and `recorded_index` say where an answer was recorded, once it has moved, so that
 * a second replay of its journal finds it.
 *
 * `reuse` says where the answer of a row comes from that was not asked: `equal` (from an equal
 * prompt of the batch) or `cached` (from another batch). `is_cut` is 1 for an accepted answer that
 * was cut by its length limit.
 *
 * There is no index by hash: each recorded row would cost a write at a random place. The resume of
 * an edited input, and a run that shares the answers of equal prompts, make temporary ones. A run
 * that uses the cache brings `batch_answers` up to date first. It has the hashes of all answers in
 * llm's log with the ids of their rows, up to the id in its entry with the hash ''. An entry may be
 * out of date: its row may be removed, or have lost its answer.
 *
 * `duration_ms` is that of the last answer. Tokens and `cost_usd` are of all answers to the row.
 * `cost_usd` is NULL for a row whose answer has no known cost, and for a row without an answer. In
 * `batch_runs`, `cost_usd` is the sum of the known costs of all runs, or NULL if none is known, and
 * `unpriced_prompts` counts the answers whose cost is not known. `input_tokens` has the cached
 * tokens, and `output_tokens` the reasoning.
 *
 * `batch_past_usage` has what the deleted rows of a batch cost: a failed row that is asked again
 * loses its row, but was paid. A trigger keeps this sum, so that no `DELETE` can forget to.
 *
 * `batch_shared_limits`: one row for each model and key (as a digest) whose limits processes share,
 * and for each of requests and tokens: up to when the time is taken, and when that was. Times are
 * milliseconds since 1970.
 *
 * Ids of rows are never reused: a run remembers by id which answers are left, and must not mistake
 * a new row for a replaced one.
 */
export const batchMigrations: readonly BatchMigration[] = [
  {
    name: 'b001_batch_tables',
    sql: `
      CREATE TABLE "batch_runs" (
        "id" TEXT PRIMARY KEY, "created_at" TEXT, "input_file" TEXT, "output_file" TEXT,
        "model" TEXT, "total_prompts" INTEGER, "completed_prompts" INTEGER,
        "failed_prompts" INTEGER, "status" TEXT, "config" TEXT,
        "skipped_prompts" INTEGER, "input_tokens" INTEGER, "output_tokens" INTEGER,
        "run" INTEGER, "updated_at" TEXT, "host" TEXT, "process_id" INTEGER, "lease" TEXT,
        "rate" REAL, "hold_up" TEXT, "stop_requested" TEXT);
      CREATE TABLE "batch_rows" (
        "id" INTEGER PRIMARY KEY AUTOINCREMENT, "batch_id" TEXT REFERENCES "batch_runs"("id"),
        "row_index" INTEGER, "run" INTEGER, "prompt_hash" TEXT, "status" TEXT, "attempts" INTEGER,
        "error_code" TEXT, "error_message" TEXT, "input_tokens" INTEGER,
        "output_tokens" INTEGER, "cost_usd" REAL, "duration_ms" INTEGER, "finished_at" TEXT,
        "log_id" TEXT, "input_columns" TEXT, "response" TEXT);
      CREATE UNIQUE INDEX "idx_batch_rows_place"
        ON "batch_rows" ("batch_id", "row_index", "run");
      CREATE INDEX "idx_batch_rows_failed"
        ON "batch_rows" ("batch_id", "row_index") WHERE "status" = 'failed';`,
  },
  {
    name: 'b002_recorded_place',
    sql: `
      ALTER TABLE "batch_rows" ADD COLUMN "recorded_run" INTEGER;
      ALTER TABLE "batch_rows" ADD COLUMN "recorded_index" INTEGER;
      CREATE UNIQUE INDEX "idx_batch_rows_recorded_place"
        ON "batch_rows" ("batch_id", "recorded_run", "recorded_index") WHERE "recorded_run" IS NOT NULL;`,
  },
  {
    name: 'b003_costs',
    sql: `
      ALTER TABLE "batch_rows" ADD COLUMN "cached_input_tokens" INTEGER;
      ALTER TABLE "batch_rows" ADD COLUMN "reasoning_tokens" INTEGER;
      ALTER TABLE "batch_runs" ADD COLUMN "cost_usd" REAL;
      ALTER TABLE "batch_runs" ADD COLUMN "cached_input_tokens" INTEGER;
      ALTER TABLE "batch_runs" ADD COLUMN "reasoning_tokens" INTEGER;
      ALTER TABLE "batch_runs" ADD COLUMN "unpriced_prompts" INTEGER;
      UPDATE "batch_runs" SET "cached_input_tokens" = 0, "reasoning_tokens" = 0,
        "unpriced_prompts" = "completed_prompts";
      CREATE TABLE "batch_past_usage" (
        "batch_id" TEXT PRIMARY KEY REFERENCES "batch_runs"("id"), "input_tokens" INTEGER,
        "cached_input_tokens" INTEGER, "output_tokens" INTEGER, "reasoning_tokens" INTEGER,
        "cost_usd" REAL, "unpriced_prompts" INTEGER);
      CREATE TRIGGER "batch_rows_past_usage" AFTER DELETE ON "batch_rows"
      WHEN OLD."duration_ms" IS NOT NULL OR OLD."cost_usd" IS NOT NULL BEGIN
        INSERT INTO "batch_past_usage" VALUES (
          OLD."batch_id", coalesce(OLD."input_tokens", 0), coalesce(OLD."cached_input_tokens", 0),
          coalesce(OLD."output_tokens", 0), coalesce(OLD."reasoning_tokens", 0),
          coalesce(OLD."cost_usd", 0), OLD."cost_usd" IS NULL)
        ON CONFLICT ("batch_id") DO UPDATE SET
          "input_tokens" = "input_tokens" + excluded."input_tokens",
          "cached_input_tokens" = "cached_input_tokens" + excluded."cached_input_tokens",
          "output_tokens" = "output_tokens" + excluded."output_tokens",
          "reasoning_tokens" = "reasoning_tokens" + excluded."reasoning_tokens",
          "cost_usd" = "cost_usd" + excluded."cost_usd",
          "unpriced_prompts" = "unpriced_prompts" + excluded."unpriced_prompts";
      END;`,
  },
  {
    name: 'b004_reused_answers',
    sql: `
      ALTER TABLE "batch_runs" ADD COLUMN "deduped_prompts" INTEGER DEFAULT 0;
      ALTER TABLE "batch_runs" ADD COLUMN "cached_prompts" INTEGER DEFAULT 0;
      ALTER TABLE "batch_rows" ADD COLUMN "reuse" TEXT;
      ALTER TABLE "batch_rows" ADD COLUMN "is_cut" INTEGER;
      CREATE INDEX "idx_batch_rows_reuse"
        ON "batch_rows" ("batch_id", "reuse", "row_index")
        WHERE "reuse" IS NOT NULL AND "status" = 'answered';
      CREATE TABLE "batch_answers" (
        "prompt_hash" TEXT, "row_id" INTEGER, PRIMARY KEY ("prompt_hash", "row_id")
      ) WITHOUT ROWID;`,
  },
  {
    name: 'b005_shared_limits',
    sql: `
      CREATE TABLE "batch_shared_limits" (
        "budget_id" TEXT, "kind" TEXT, "next_ms" REAL, "taken_ms" REAL,
        PRIMARY KEY ("budget_id", "kind"));`,
  },
  {
    name: 'b006_unsettled',
    sql: `ALTER TABLE "batch_runs" ADD COLUMN "unsettled_usd" REAL;`,
  },
]
