/** One step of our own tables' history. Steps are never edited once released: a change is a step of its own. */
export interface BatchMigration {
  readonly name: string
  readonly sql: string
}

/**
 * Our tables beside llm's.
 *
 * `batch_runs`: one row a batch; its first ten columns are the user's to query. Times as in llm's tables. `run`
 * counts its runs, 1 for the first. `updated_at` is the heartbeat of the process `process_id` on `host`, which holds
 * the batch by `lease` while it is `running`. `rate` is in rows a minute. `stop_requested` is `abort` or `finish:MS`.
 *
 * `batch_rows`: one row for each finished row of a batch, found again by its index, and by the hash of its prompt,
 * which is '' for a row that could not be read or rendered. `run` is the run that recorded it, or that moved it to
 * another index: rows of different runs may stand at one index until the batch completes. `status` is `answered` or
 * `failed`. `response` is the answer's text, also when it is in llm's log under `log_id`: reading a million answers
 * back from there would take minutes, and an answer deleted there is not asked for again. A failed row keeps what
 * came of its answer, and its `input_columns` as JSON. The long columns come last, so that the others are read without them.
 *
 * `recorded_run` and `recorded_index` say where an answer was recorded, once it has left that place: when its journal
 * is taken in again, the answer is found by them.
 *
 * There is no index by hash: it would cost a write in a random place for each row recorded, and is needed only when
 * an edited input is resumed, where a temporary one is made of what is left.
 *
 * Ids of rows are never used again: a run remembers by id what it has not yet given out, and a row that took the number
 * of one that was replaced would be moved or forgotten in its place.
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
