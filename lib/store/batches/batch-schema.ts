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
 * `rate` is in rows a minute. `stop_requested` is `abort` or `finish:MS`.
 *
 * `batch_rows`: one row for each finished row of a batch, with its index, and with the hash of its
 * prompt, which is '' for a row that could not be read or rendered. `run` is the run that recorded
 * the row, or moved it to another index. Rows of different runs may have the same index until the
 * batch completes. `status` is `answered` or `failed`. `response` is the answer's text, even if
 * llm's log has the text too, under `log_id`: to read a million answers from there takes minutes,
 * and an answer deleted there is not asked again. A failed row keeps its cut answer, and its
 * `input_columns` as JSON. Long columns come last, so that the others can be read without them.
 *
 * `recorded_run` and `recorded_index` say where an answer was recorded, once it has moved, so that
 * a second replay of its journal finds it.
 *
 * There is no index by hash: each recorded row would cost a write at a random place. Only the
 * resume of an edited input needs such an index, and makes a temporary one.
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
]
