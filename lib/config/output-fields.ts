import { z } from 'zod'
import { outputFormats } from '../port/row-sink.js'

export const formatSchema = z.enum(outputFormats)

/** The options about what is written. */
export const outputFields = {
  /** Path of the output; standard output when absent, and for `-`. */
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
  /** Name of a last column of a table, with the code and the message of each failed row. */
  errorColumn: z.string().min(1).optional(),
  /** Whether a CSV or TSV starts with a byte order mark; as `excel` when absent. */
  bom: z.boolean().optional(),
  /** Whether the rows of a CSV or TSV end with CR and LF; as `excel` when absent. */
  crlf: z.boolean().optional(),
  /** Whether a CSV or TSV is what Excel opens best: `bom` and `crlf`. */
  excel: z.boolean().default(false),
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
