import { outputFormats } from '../../port/row-sink.js'
import { type BatchFlag, flag } from './flag.js'
import { formatAliases, oneOf } from './read-value.js'

export const outputFlags: readonly BatchFlag[] = [
  flag('-O, --output PATH', 'file for the results, or - for standard output (default)'),
  flag('--format FORMAT', 'csv, tsv, json, jsonl, xlsx, parquet, text, openai-batch (by name)', {
    ...oneOf(outputFormats, formatAliases),
  }),
  flag('-x, --extract', 'write only the first fenced code block of each answer', {
    option: 'extract',
    read: given => (given === 'true' ? 'first' : 'none'),
  }),
  flag('--extract-last', 'write only the last fenced code block; also --xl', {
    alsoNamed: ['--xl'],
    option: 'extract',
    read: given => (given === 'true' ? 'last' : 'none'),
  }),
  flag('--response-column NAME', 'name of the column for the answers (default response)'),
  flag('--usage-columns', 'add input_tokens, output_tokens, cost_usd and duration_ms'),
  flag('--explode', 'with --schema-multi: write a row for each item of an answer'),
  flag('--error-column[=NAME]', 'add a last column to a table: why a row failed (default error)', {
    read: text => (text === '' ? 'error' : text),
  }),
  flag('--bom', 'start a CSV or TSV with a byte order mark'),
  flag('--crlf', 'end the rows of a CSV or TSV with CR and LF'),
  flag('--excel', 'write a CSV or TSV as Excel opens it best: --bom and --crlf'),
  flag('--formula-guard', "put ' before each cell that a spreadsheet would run as a formula"),
  flag('--unordered', 'write rows in the order of their answers, not of the input', {
    option: 'order',
    read: given => (given === 'true' ? 'completion' : 'input'),
  }),
  flag('--overwrite', 'replace an existing output'),
]
