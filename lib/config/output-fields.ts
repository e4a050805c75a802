import { z } from 'zod'
import { outputFormats } from '../port/row-sink.js'

export const formatSchema = z.enum(outputFormats)

/** The options about what is written. */
export const outputFields = {
  /** Path of the output; standard output when absent. */
  output: z.string().min(1).optional(),
  /** Format of the output; from its extension when absent. */
  format: formatSchema.optional(),
  /**
   * Name of the column that the answers go to; `response` when absent. A table of answers with a
   * schema has a column for each property, and this column only if it is named.
   */
  responseColumn: z.string().min(1).optional(),
  /** Whether each of an answer's items is a row of the output, for `schemaMulti`. */
  explode: z.boolean().default(false),
  /** Whether tokens, cost and duration of each answer follow it in columns of their own. */
  usageColumns: z.boolean().default(false),
  /** Whether a cell that a spreadsheet would run as a formula gets a `'` before it. */
  formulaGuard: z.boolean().default(false),
  /** The code block of an answer that goes out instead of the whole; as the template says. */
  extract: z.enum(['none', 'first', 'last']).optional(),
  /** Whether results come out in the order of the input. */
  order: z.enum(['input', 'completion']).default('input'),
  /** Whether an existing output may be replaced. */
  overwrite: z.boolean().default(false),
  /** Whether answers of earlier runs are left out of standard output. */
  onlyNew: z.boolean().default(false),
}
