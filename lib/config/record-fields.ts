import { z } from 'zod'

const batchIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9._-]{1,64}$/,
    'a batch id is 1 to 64 letters, digits, dots, dashes or underscores',
  )

/** The options about what is recorded, and which batch is meant. */
export const recordFields = {
  /** Whether equal prompts of the batch are asked once, and share the answer. */
  dedupe: z.boolean().default(false),
  /** Whether an answer that another batch has recorded for an equal prompt is used. */
  cache: z.boolean().default(false),
  /** The greatest age of such an answer, in milliseconds. Includes `cache`. */
  cacheAgeMs: z.int().positive().optional(),
  /** Whether answers go to llm's log. `logs-off` in llm's folder turns logging off too. */
  log: z.boolean().default(true),
  /** Path of the database, if not llm's `logs.db`. */
  database: z.string().min(1).optional(),
  /** Whether to resume a recorded batch instead of starting a new one. */
  resume: z.boolean().default(false),
  /** Whether the process that holds the batch counts as dead, because the user says so. */
  takeOver: z.boolean().default(false),
  /** Id of the batch to start or to resume; made from the input's name if absent. */
  batchId: batchIdSchema.optional(),
  /** Whether to start a new batch although a recorded one could be resumed. */
  restart: z.boolean().default(false),
  /** Whether an unfinished batch of the same input and output is resumed without `resume`. */
  resumeOnFailure: z.boolean().default(false),
}
