import type { BatchOptions } from '../../config/batch-options.js'
import { parsePositiveNumber, parseSeconds, parseWholeNumber } from '../../config/parse-number.js'
import { outputFormats } from '../../port/row-sink.js'
import { inputFormats } from '../../port/row-source.js'
import type { Flag, FlagGroup } from './command.js'
import { readChoice } from './read-choice.js'
import { usageInvalid } from './usage-errors.js'

/** A flag of `llm batch`, and how it sets an option of the batch. */
export interface BatchFlag extends Flag {
  /** The option; absent if it has the flag's name in camel case. */
  readonly option?: keyof BatchOptions
  /**
   * Reads the value; absent if the option is the text itself, or whether the switch is on.
   *
   * @param given the text; `true` or `false` for a switch.
   * @param name the flag as a message names it: `--limit`.
   * @throws {BatchError} USAGE_INVALID
   */
  readonly read?: (given: string, name: string) => unknown
}

const atLeast = (minimum: number) => (text: string, name: string) =>
  parseWholeNumber(text, { name, minimum })
const seconds = (text: string, name: string) => parseSeconds(text, { name })
const formatAliases = { ndjson: 'jsonl', txt: 'text' } as const

const promptFlags: readonly BatchFlag[] = [
  {
    name: 'template',
    short: 't',
    value: 'TEXT',
    about: 'text with {column} in it, or the name of a saved template',
  },
  {
    name: 'system',
    short: 's',
    value: 'TEXT',
    mayBeEmpty: true,
    about: 'system prompt; it may contain {column} too',
  },
]

const modelFlags: readonly BatchFlag[] = [
  { name: 'model', short: 'm', value: 'NAME', about: 'id or alias of the model; see llm models' },
  {
    name: 'option',
    short: 'o',
    value: 'KEY VALUE',
    isPair: true,
    about: 'option of the model, such as -o temperature 0.2; may be repeated',
  },
  { name: 'key', value: 'KEY', about: 'name of a stored key, or the key itself' },
  { name: 'accept-truncated', about: 'accept answers that were cut by their length limit' },
  {
    name: 'max-reply',
    value: 'MB',
    about: 'refuse longer replies of the model (default 64)',
    option: 'maxReplyMb',
    read: atLeast(1),
  },
]

const inputFlags: readonly BatchFlag[] = [
  {
    name: 'input-format',
    value: 'FORMAT',
    about: 'text, csv, tsv, json, jsonl or xlsx (default: by name or first bytes)',
    read: (text, name) => readChoice(text, name, inputFormats, formatAliases),
  },
  {
    name: 'json-path',
    value: 'PATH',
    about: 'path of the array in a JSON input, such as data.items',
  },
  { name: 'limit', value: 'N', about: 'take only the first N rows', read: atLeast(0) },
  {
    name: 'max-unpacked',
    value: 'MB',
    about: 'limit for an unpacked workbook (default: 100 x its size, 64 to 2048)',
    option: 'maxUnpackedMb',
    read: atLeast(1),
  },
]

const outputFlags: readonly BatchFlag[] = [
  {
    name: 'output',
    short: 'O',
    value: 'PATH',
    about: 'file for the results (default: standard output)',
  },
  {
    name: 'format',
    value: 'FORMAT',
    about: 'csv, tsv, json, jsonl or text (default: by the name of the output)',
    read: (text, name) => readChoice(text, name, outputFormats, formatAliases),
  },
  {
    name: 'response-column',
    value: 'NAME',
    about: 'name of the column for the answers (default response)',
  },
  {
    name: 'formula-guard',
    about: "put ' before each cell that a spreadsheet would run as a formula",
  },
  {
    name: 'unordered',
    about: 'write rows in the order of their answers, not of the input',
    option: 'order',
    read: given => (given === 'true' ? 'completion' : 'input'),
  },
  { name: 'overwrite', about: 'replace an existing output' },
]

const paceFlags: readonly BatchFlag[] = [
  {
    name: 'concurrency',
    value: 'N',
    about: 'calls in flight at once (default 1)',
    read: atLeast(1),
  },
  {
    name: 'rate-limit',
    value: 'N',
    about: 'calls per minute, evenly spaced (default: no limit)',
    read: (text, name) => parsePositiveNumber(text, { name }),
  },
  {
    name: 'retries',
    value: 'N',
    about: 'further attempts for a row (default 5)',
    read: atLeast(0),
  },
  {
    name: 'timeout',
    value: 'SECONDS',
    about: 'give up an attempt after this time (default 120)',
    option: 'timeoutMs',
    read: seconds,
  },
  {
    name: 'deadline',
    value: 'SECONDS',
    about: 'give up a row after this time, waits included (default 3600)',
    option: 'deadlineMs',
    read: seconds,
  },
  { name: 'stop-on-error', about: 'stop at the first row that fails' },
  { name: 'no-fail-fast', about: 'continue if the first 10 rows all fail with the same error' },
]

export const takeOverFlag: Flag = {
  name: 'take-over',
  about: 'treat the process that holds the batch as dead, though it seems alive',
}

const resumeFlags: readonly BatchFlag[] = [
  { name: 'resume', about: 'continue a batch: ask only its new, changed and failed rows' },
  {
    name: 'batch-id',
    value: 'ID',
    about: 'name of the new batch, or of the batch to resume',
    read: checkBatchId,
  },
  takeOverFlag,
  { name: 'restart', about: 'start a new batch, and replace the output of the old batch' },
  { name: 'only-new', about: 'print only the rows that this run answers' },
]

export const databaseFlag: Flag = {
  name: 'database',
  short: 'd',
  value: 'PATH',
  about: "database to use instead of llm's logs.db",
}

const recordFlags: readonly BatchFlag[] = [
  { name: 'no-log', short: 'n', about: "write no answers to llm's log" },
  databaseFlag,
]

/** The flags of `llm batch` that set an option of the batch. */
export const optionFlagGroups: readonly FlagGroup<BatchFlag>[] = [
  { title: 'Prompt', flags: promptFlags },
  { title: 'Model', flags: modelFlags },
  { title: 'Input', flags: inputFlags },
  { title: 'Output', flags: outputFlags },
  { title: 'Pace and failures', flags: paceFlags },
  { title: 'Resuming a batch', flags: resumeFlags },
  { title: 'Record', flags: recordFlags },
]

const showFlags: readonly Flag[] = [
  { name: 'dry-run', about: 'show the plan and the first prompts; call nothing' },
  { name: 'no-progress', about: 'show no progress on standard error' },
  { name: 'quiet', short: 'q', about: 'print only errors on standard error' },
]

export const batchFlagGroups: readonly FlagGroup[] = [
  ...optionFlagGroups,
  { title: 'On the terminal', flags: showFlags },
]

/** The name without the `no-` of a switch that is on by default. */
export function switchName({ name }: Flag): string {
  return name.replace(/^no-/, '')
}

/** The key of a flag's value: `rate-limit` → `rateLimit`, `no-log` → `log`. */
export function keyOf(flag: Flag): string {
  return switchName(flag).replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())
}

function checkBatchId(text: string, name: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text
  const shown = JSON.stringify(text.slice(0, 80))
  throw usageInvalid(
    `${name} expects 1 to 64 letters, digits, dots, dashes or underscores, got ${shown}.`,
  )
}
