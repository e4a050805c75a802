import { parseAge } from '../../config/parse-age.js'
import {
  parseConcurrency,
  parsePositiveNumber,
  parseSeconds,
  parseWholeNumber,
} from '../../config/parse-number.js'
import { outputFormats } from '../../port/row-sink.js'
import { inputFormats } from '../../port/row-source.js'
import type { Flag, FlagGroup } from './command.js'
import { type BatchFlag, flag } from './flag.js'
import { readChoice } from './read-choice.js'
import { readDelimiter, readEncoding } from './read-table-words.js'
import { usageInvalid } from './usage-errors.js'

const atLeast = (minimum: number) => (text: string, name: string) =>
  parseWholeNumber(text, { name, minimum })
const seconds = (text: string, name: string) => parseSeconds(text, { name })
const formatAliases = { ndjson: 'jsonl', txt: 'text' } as const

const promptFlags: readonly BatchFlag[] = [
  flag('-t, --template TEXT', 'text with {column} in it, or the name of a saved template'),
  flag('-s, --system TEXT', 'system prompt; it may contain {column} too', { mayBeEmpty: true }),
  flag('-p, --param KEY VALUE', 'value of a name in the template that is not a column', {
    option: 'params',
    pairExample: 'language French',
  }),
  flag('--literal-braces', 'take {{column}}, $column and the like in a template as text'),
  flag('--allow-empty', 'send blank prompts too; else their rows fail without a call'),
  flag('-f, --fragment NAME', 'text before each prompt: a file, URL, alias or hash', {
    option: 'fragments',
    isRepeatable: true,
  }),
  flag('--system-fragment NAME', 'the same before the system prompt; also --sf', {
    alsoNamed: ['--sf'],
    option: 'systemFragments',
    isRepeatable: true,
  }),
  flag('-a, --attachment PATH_OR_URL', 'image, PDF, sound or text with every prompt', {
    option: 'attachments',
    isRepeatable: true,
  }),
  flag('--attachment-type PATH MIME', 'the same with its type; also a URL; also --at', {
    alsoNamed: ['--at'],
    option: 'attachments',
    pairExample: 'scan.bin image/png',
    readPairs: (pairs, before = []) => [
      ...(before as readonly string[]),
      ...pairs.map(([name, type]) => ({ name, type })),
    ],
  }),
  flag('--attachment-column NAME', 'column with a path or URL for each row, or several on lines'),
  flag('--allow-local-urls', 'fetch attachments from local and private addresses too'),
  flag('--max-attachment MB', 'refuse larger attachments (default 50)', {
    option: 'maxAttachmentMb',
    read: atLeast(1),
  }),
]

const modelFlags: readonly BatchFlag[] = [
  flag('-m, --model NAME', 'id or alias of the model; see llm models'),
  flag(
    '-o, --option KEY VALUE',
    'option of the model, such as -o temperature 0.2; may be repeated',
    { option: 'options', pairExample: 'temperature 0.2' },
  ),
  flag('--schema SCHEMA', "form of answers: 'name, age int', JSON, a file, an id, t:TEMPLATE"),
  flag('--schema-multi SCHEMA', 'the same, for a list of such objects in each answer'),
  flag('--key KEY', 'name of a stored key, or the key itself'),
  flag('--accept-truncated', 'accept answers that were cut by their length limit'),
  flag('--strip-thinking', 'leave a leading <think>…</think> out of the answer'),
  flag('--max-reply MB', 'refuse longer replies of the model (default 64)', {
    option: 'maxReplyMb',
    read: atLeast(1),
  }),
]

const inputFlags: readonly BatchFlag[] = [
  flag(
    '--input-format FORMAT',
    'text, csv, tsv, json, jsonl, xlsx, openai-batch (default: found)',
    { read: (text, name) => readChoice(text, name, inputFormats, formatAliases) },
  ),
  flag('--json-path PATH', 'path of the array in a JSON input, such as data.items'),
  flag('--delimiter CHAR', 'between the fields of a table: , ; | or tab (default: by the header)', {
    read: readDelimiter,
  }),
  flag('--header-row N', 'line or sheet row with the names of the columns', { read: atLeast(1) }),
  flag('--rename-duplicates', 'number columns with the same name: price, price_2'),
  flag('--encoding NAME', 'encoding of a text, such as windows-1252 (default: UTF-8 or UTF-16)', {
    read: readEncoding,
  }),
  flag('--bad-bytes WHAT', 'fail, or replace: bytes not in the encoding become U+FFFD', {
    read: (text, name) => readChoice(text, name, ['fail', 'replace'], {}),
  }),
  flag('--limit N', 'take only the first N rows', { read: atLeast(0) }),
  flag(
    '--max-unpacked MB',
    'limit for an unpacked workbook (default: 100 x its size, 64 to 2048)',
    { option: 'maxUnpackedMb', read: atLeast(1) },
  ),
]

const outputFlags: readonly BatchFlag[] = [
  flag('-O, --output PATH', 'file for the results (default: standard output)'),
  flag('--format FORMAT', 'csv, tsv, json, jsonl, text or openai-batch (default: by the output)', {
    read: (text, name) => readChoice(text, name, outputFormats, formatAliases),
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
  flag('--formula-guard', "put ' before each cell that a spreadsheet would run as a formula"),
  flag('--unordered', 'write rows in the order of their answers, not of the input', {
    option: 'order',
    read: given => (given === 'true' ? 'completion' : 'input'),
  }),
  flag('--overwrite', 'replace an existing output'),
]

const reuseFlags: readonly BatchFlag[] = [
  flag('--dedupe', 'ask equal prompts once, and give the answer to each row'),
  flag('--cache', 'use the answers that other batches have recorded for equal prompts'),
  flag('--cache-age AGE', 'limit the age of these answers, such as 12h or 7d; turns --cache on', {
    option: 'cacheAgeMs',
    read: readCacheAge,
  }),
]

const paceFlags: readonly BatchFlag[] = [
  flag('--concurrency N', 'calls in flight at once, or auto: what the server takes (default 1)', {
    read: (text, name) => parseConcurrency(text, { name }),
  }),
  flag('--rate-limit N', 'calls per minute, evenly spaced (default: no limit)', {
    read: (text, name) => parsePositiveNumber(text, { name }),
  }),
  flag('--token-limit N', 'input and output tokens per minute (default: no limit)', {
    read: (text, name) => parsePositiveNumber(text, { name }),
  }),
  flag('--share-limits', 'share these limits with other processes that use the same key'),
  flag('--max-cost USD', 'pause before the batch could cost more than this', {
    option: 'maxCostUsd',
    read: (text, name) => parsePositiveNumber(text, { name }),
  }),
  flag('--retries N', 'further attempts for a row (default 5)', { read: atLeast(0) }),
  flag('--timeout SECONDS', 'give up an attempt after this time (default 120)', {
    option: 'timeoutMs',
    read: seconds,
  }),
  flag('--deadline SECONDS', 'give up a row after this time, waits included (default 3600)', {
    option: 'deadlineMs',
    read: seconds,
  }),
  flag('--stop-on-error', 'stop at the first row that fails'),
  flag('--no-fail-fast', 'continue if the first 10 rows, or 5 refused ones in turn, fail alike'),
]

export const takeOverFlag: Flag = flag(
  '--take-over',
  'treat the process that holds the batch as dead, though it seems alive',
)

const resumeFlags: readonly BatchFlag[] = [
  flag('--resume', 'continue a batch: ask only its new, changed and failed rows'),
  flag('--batch-id ID', 'name of the new batch, or of the batch to resume', {
    read: checkBatchId,
  }),
  takeOverFlag,
  flag('--restart', 'start a new batch, and replace the output of the old batch'),
  flag('--only-new', 'print only the rows that this run answers'),
]

export const databaseFlag: Flag = flag(
  '-d, --database PATH',
  "database to use instead of llm's logs.db",
)

const recordFlags: readonly BatchFlag[] = [
  flag('-n, --no-log', "write no answers to llm's log"),
  databaseFlag,
]

/** The flags of `llm batch` that set an option of the batch. */
export const optionFlagGroups: readonly FlagGroup<BatchFlag>[] = [
  { title: 'Prompt', flags: promptFlags },
  { title: 'Model', flags: modelFlags },
  { title: 'Input', flags: inputFlags },
  { title: 'Output', flags: outputFlags },
  { title: 'Fewer calls', flags: reuseFlags },
  { title: 'Pace and failures', flags: paceFlags },
  { title: 'Resuming a batch', flags: resumeFlags },
  { title: 'Record', flags: recordFlags },
]

const showFlags: readonly Flag[] = [
  flag('--dry-run', 'show the plan and the first prompts; call nothing'),
  flag('--no-progress', 'show no progress on standard error'),
  flag('-q, --quiet', 'print only errors on standard error'),
]

const estimateFlags: readonly Flag[] = [
  flag('--estimate-cost', 'estimate tokens, cost and time, then ask whether to run the batch'),
  flag('-y, --yes', 'with --estimate-cost: run the batch without the question'),
  flag('--json', 'with --estimate-cost: print the estimate as JSON, without the question'),
  flag('--sample N', 'with --estimate-cost: ask N rows first, and estimate by their answers'),
]

export const batchFlagGroups: readonly FlagGroup[] = [
  ...optionFlagGroups,
  { title: 'Cost', flags: estimateFlags },
  { title: 'On the terminal', flags: showFlags },
]

function readCacheAge(text: string, name: string): number {
  const ageMs = parseAge(text, { name })
  if (ageMs > 0) return ageMs
  throw usageInvalid(`${name} expects an age of more than 0, got ${text}.`)
}

function checkBatchId(text: string, name: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text
  const shown = JSON.stringify(text.slice(0, 80))
  throw usageInvalid(
    `${name} expects 1 to 64 letters, digits, dots, dashes or underscores, got ${shown}.`,
  )
}
