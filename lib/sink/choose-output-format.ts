import { extname } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import type { OutputFormat } from '../port/row-sink.js'

export interface ChooseOutputFormatOptions {
  /** The format that the caller gave; comes first. */
  readonly format?: OutputFormat | undefined
  /** The format of the config file, for a path whose extension does not decide. */
  readonly defaultFormat?: OutputFormat | undefined
  /** Absent for standard output. */
  readonly path?: string | undefined
  readonly isTerminal: boolean
}

const formatsByExtension = new Map<string, OutputFormat>([
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.json', 'json'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.txt', 'text'],
  ['.xlsx', 'xlsx'],
  ['.parquet', 'parquet'],
])

/** @throws {BatchError} OUTPUT_FORMAT_UNKNOWN if nothing decides. */
export function chooseOutputFormat(options: ChooseOutputFormatOptions): OutputFormat {
  const { format, defaultFormat, path, isTerminal } = options
  if (format !== undefined) return format
  if (path === undefined) return isTerminal ? 'text' : (defaultFormat ?? 'jsonl')
  const chosen = formatsByExtension.get(extname(path).toLowerCase()) ?? defaultFormat
  if (chosen === undefined) throw outputFormatUnknown(path)
  return chosen
}

function outputFormatUnknown(path: string): BatchError {
  const known = [...formatsByExtension.keys()].join(', ')
  return runError(
    'OUTPUT_FORMAT_UNKNOWN',
    `Unknown output format: ${path}`,
    `Use one of the extensions ${known}, or add --format csv, json or jsonl.`,
  )
}
