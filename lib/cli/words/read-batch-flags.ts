import type { BatchOptions } from '../../config/batch-options.js'
import { parsePositiveNumber, parseSeconds, parseWholeNumber } from '../../config/parse-number.js'
import { nearest } from '../../error/nearest.js'
import type { OutputFormat } from '../../port/row-sink.js'
import type { InputFormat } from '../../port/row-source.js'
import type { GivenCommand } from './command.js'
import { usageInvalid } from './usage-errors.js'

/** Formats by their names and other common names. */
const outputFormats: Readonly<Record<string, OutputFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  text: 'text',
  txt: 'text',
}
const inputFormats: Readonly<Record<string, InputFormat>> = { ...outputFormats, xlsx: 'xlsx' }

/**
 * The options of a batch on the command line. Options that were not given are absent.
 *
 * @throws {BatchError} USAGE_INVALID for a wrong number or format.
 */
export function readBatchFlags({
  operands,
  texts,
  switches,
  pairs,
}: GivenCommand): Readonly<BatchOptions> {
  const whole = (name: string, minimum: number) => (text: string) =>
    parseWholeNumber(text, { name, minimum })
  return withoutUnset({
    input: operands[0] ?? '',
    output: texts.output,
    template: texts.template,
    system: texts.system,
    model: texts.model,
    key: texts.key,
    options: pairs.length === 0 ? undefined : Object.fromEntries(pairs),
    concurrency: read(texts.concurrency, whole('--concurrency', 1)),
    rateLimit: read(texts.rateLimit, text => parsePositiveNumber(text, { name: '--rate-limit' })),
    retries: read(texts.retries, whole('--retries', 0)),
    timeoutMs: read(texts.timeout, text => parseSeconds(text, { name: '--timeout' })),
    deadlineMs: read(texts.deadline, text => parseSeconds(text, { name: '--deadline' })),
    format: read(texts.format, text => pick(text, { name: '--format', from: outputFormats })),
    inputFormat: read(texts.inputFormat, text =>
      pick(text, { name: '--input-format', from: inputFormats }),
    ),
    jsonPath: texts.jsonPath,
    maxReplyMb: read(texts.maxReply, whole('--max-reply', 1)),
    maxUnpackedMb: read(texts.maxUnpacked, whole('--max-unpacked', 1)),
    responseColumn: texts.responseColumn,
    formulaGuard: switches.formulaGuard,
    order: read(switches.unordered, isOn => (isOn ? 'completion' : 'input')),
    overwrite: switches.overwrite,
    limit: read(texts.limit, whole('--limit', 0)),
    stopOnError: switches.stopOnError,
    failFast: switches.failFast,
    acceptTruncated: switches.acceptTruncated,
    log: switches.log,
    database: texts.database,
    resume: switches.resume,
    takeOver: switches.takeOver,
    batchId: read(texts.batchId, checkBatchId),
    restart: switches.restart,
    onlyNew: switches.onlyNew,
  } as const)
}

function checkBatchId(text: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text
  throw usageInvalid(
    `--batch-id expects 1 to 64 letters, digits, dots, dashes or underscores, got ${JSON.stringify(text.slice(0, 80))}.`,
  )
}

function read<Given, Meant>(
  given: Given | undefined,
  meaning: (given: Given) => Meant,
): Meant | undefined {
  return given === undefined ? undefined : meaning(given)
}

function pick<Format>(
  text: string,
  { name, from }: { readonly name: string; readonly from: Readonly<Record<string, Format>> },
): Format {
  const word = text.toLowerCase()
  const format = Object.hasOwn(from, word) ? from[word] : undefined
  if (format !== undefined) return format
  const near = nearest(word, Object.keys(from), 1)[0]
  throw usageInvalid(
    `${name} expects one of ${Object.keys(from).join(', ')}, got ${JSON.stringify(text)}.`,
    near === undefined ? undefined : `Did you mean ${near}?`,
  )
}

type WithoutUnset<T> = {
  readonly [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name]
} & {
  readonly [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<
    T[Name],
    undefined
  >
}

function withoutUnset<T extends object>(options: T): WithoutUnset<T> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as WithoutUnset<T>
}
