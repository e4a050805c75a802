import { z } from 'zod'
import { inputFormats } from '../port/row-source.js'
import { isEncoding } from './is-encoding.js'

const delimiterSchema = z
  .string()
  .regex(/^[^"\r\n]$/, 'a delimiter is one character that is neither a quote nor a line break')

/** The options about what is read. */
export const inputFields = {
  /** Path of the input, or `-` for standard input; or several paths, and patterns with `*`. */
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Name of a column that says which of several inputs a row is from; none when absent. */
  sourceColumn: z.string().min(1).optional(),
  /** Format of the input; from its extension, else its first bytes, when absent. */
  inputFormat: z.enum(inputFormats).optional(),
  /** Where in a JSON input the array is, such as `data.items`. */
  jsonPath: z.string().min(1).optional(),
  /** Name of a workbook's sheet, or number of its tab; the first that is not hidden when absent. */
  sheet: z.union([z.string().min(1), z.int().min(1)]).optional(),
  /**
   * Megabytes that a workbook may unpack to; 100 times its size, from 64 up to 2048, when absent.
   */
  maxUnpackedMb: z.int().positive().optional(),
  /** The character between the fields of a table; told from its header when absent. */
  delimiter: delimiterSchema.optional(),
  /** Line of a table that names its columns, from 1; the first line with text when absent. */
  headerRow: z.int().min(1).optional(),
  /** Whether columns with the same name are numbered: `price`, `price_2`. */
  renameDuplicates: z.boolean().default(false),
  /** Encoding of a text input, such as `windows-1252`; UTF-8 or UTF-16 when absent. */
  encoding: z.string().refine(isEncoding, 'is not the name of a known encoding').optional(),
  /** Whether bytes that are not in the encoding end the run, or become U+FFFD. */
  badBytes: z.enum(['fail', 'replace']).default('fail'),
  /** Rows taken from the input; all when absent. */
  limit: z.int().min(0).optional(),
}
