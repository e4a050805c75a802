import { Readable } from 'node:stream'
import { inputName } from '../config/input-name.js'
import { type BatchError, runError } from '../error/batch-error.js'
import type { RowSource } from '../port/row-source.js'
import type { SourceRecord } from '../row/outcome.js'
import { type FoundInput, findInputs } from './find-inputs.js'
import { fromInput } from './from-input.js'
import { type OpenSourceOptions, openSource } from './open-source.js'

export interface OpenInputsOptions extends Omit<OpenSourceOptions, 'path'> {
  /** Paths, patterns such as `data/*.jsonl`, or `-`. */
  readonly words: readonly string[]
  /** A column that says which input a row is from; none if absent. */
  readonly sourceColumn?: string | undefined
  /** Absolute path of the output, which no pattern means. */
  readonly output?: string | undefined
}

/** An input while it is open, or what is known of it before it is opened again. */
interface OpenedInput extends FoundInput {
  /** The start of the input, as it was read first. */
  readonly start: RowSource
  /** Whether `start` can still give the rows. */
  isOpen: boolean
}

const mostNotes = 10

/**
 * Opens one or more inputs as one: the rows of the first, then those of the next. The start of each
 * is read before, so that inputs that do not fit together are refused.
 *
 * Tables and texts must have the same columns, in any order. Rows of JSON have their own.
 *
 * @throws {BatchError} as `findInputs` and `openSource`; USAGE_INVALID if the inputs do not fit
 * together, or have the source column already; reach `run`.
 */
export async function openInputs(options: OpenInputsOptions): Promise<RowSource> {
  const { words, sourceColumn, output, ...form } = options
  const found = await findInputs(words, output)
  const [only] = found
  const name = inputName(words)
  if (only !== undefined && found.length === 1 && sourceColumn === undefined) {
    return { ...(await openSource({ ...form, path: only.path })), path: name }
  }
  const inputs: OpenedInput[] = []
  try {
    for (const input of found) {
      const start = await openSource({ ...form, path: input.path })
      inputs.push({ ...input, start, isOpen: true })
      checkFits(inputs, sourceColumn)
      // A pipe can be opened only once.
      if (inputs.length > 1 && start.bytesTotal !== undefined) closeStart(inputs.at(-1))
    }
  } catch (error) {
    for (const input of inputs) closeStart(input)
    throw error
  }
  return joinInputs(inputs, { form, name, sourceColumn })
}

interface JoinInputsOptions {
  readonly form: Omit<OpenSourceOptions, 'path'>
  readonly name: string
  readonly sourceColumn: string | undefined
}

function joinInputs(
  inputs: readonly OpenedInput[],
  { form, name, sourceColumn }: JoinInputsOptions,
): RowSource {
  const starts = inputs.map(({ start }) => start)
  const [first] = starts as [RowSource]
  const formats = new Set(starts.map(({ format }) => format))
  const sizes = starts.map(({ bytesTotal }) => bytesTotal)
  const own = new Set(starts.flatMap(({ columns }) => columns))
  /** Bytes of the inputs that were read to their end. */
  let bytesBefore = 0
  let current: RowSource | undefined
  const notes: string[] = []
  const groups = readAll()

  const rows = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      groups.next().then(
        ({ value, done }) => rows.push(done === true ? null : value),
        error => rows.destroy(error),
      )
    },
    destroy(error, done) {
      current?.rows.destroy()
      for (const input of inputs) closeStart(input)
      groups.return(undefined).then(() => done(error), done)
    },
  })

  return {
    format: formats.size === 1 ? first.format : 'jsonl',
    path: name,
    files: starts.flatMap(({ files }) => files),
    rows,
    columns: sourceColumn === undefined ? [...own] : [...own, sourceColumn],
    firstLine: first.firstLine,
    isColumnsFixed: starts.every(({ isColumnsFixed }) => isColumnsFixed),
    bytesTotal: sizes.reduce(
      (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
      0 as number | undefined,
    ),
    bytesRead: () => bytesBefore + (current?.bytesRead() ?? 0),
    warnings: inputs.flatMap(input => named(input, input.start.warnings)),
    notes: () => {
      const further = notes.length - mostNotes
      const rest = further > 0 ? [`${further} more notes on other inputs`] : []
      return [...notes.slice(0, mostNotes), ...rest]
    },
  }

  async function* readAll(): AsyncGenerator<readonly SourceRecord[]> {
    let index = 0
    for (const input of inputs) {
      current = await opened(input)
      const made = fromInput({ ...input, sourceColumn })
      for await (const group of current.rows as AsyncIterable<readonly SourceRecord[]>) {
        yield group.map((record, at) => made(record, index + at))
        index += group.length
      }
      notes.push(...named(input, current.notes()))
      bytesBefore += current.bytesRead()
      current = undefined
    }
  }

  /** What was read of a file a moment ago must still hold. */
  async function opened(input: OpenedInput): Promise<RowSource> {
    const { path, start } = input
    if (input.isOpen) {
      input.isOpen = false
      return start
    }
    const again = await openSource({ ...form, path, format: start.format })
    if (!start.isColumnsFixed || sameColumns(start, again)) return again
    again.rows.destroy()
    throw inputChanged(path)
  }
}

function named({ path }: FoundInput, sentences: readonly string[]): readonly string[] {
  return sentences.map(sentence => (sentence.includes(path) ? sentence : `${path}: ${sentence}`))
}

function closeStart(input: OpenedInput | undefined): void {
  if (input?.isOpen !== true) return
  input.isOpen = false
  input.start.rows.destroy()
}

/** Checks the last input against those before. */
function checkFits(inputs: readonly OpenedInput[], sourceColumn: string | undefined): void {
  const { path, start } = inputs.at(-1) as OpenedInput
  if (sourceColumn !== undefined && start.columns.includes(sourceColumn)) {
    throw sourceColumnTaken(path, sourceColumn)
  }
  const isBatch = ({ format }: RowSource) => format === 'openai-batch'
  const other = inputs.find(input => isBatch(input.start) !== isBatch(start))
  if (other !== undefined) throw batchAmongRows(isBatch(start) ? path : other.path)
  if (isBatch(start) && sourceColumn !== undefined) throw linesHaveNoColumn()
  const fixed = inputs.find(input => input.start.isColumnsFixed)
  if (fixed === undefined || !start.isColumnsFixed || sameColumns(fixed.start, start)) return
  throw columnsDiffer(fixed, { path, start })
}

function sameColumns(one: RowSource, other: RowSource): boolean {
  const known = new Set(one.columns)
  return one.columns.length === other.columns.length && other.columns.every(name => known.has(name))
}

type Started = Pick<OpenedInput, 'path' | 'start'>

function columnsDiffer(one: Started, other: Started): BatchError {
  const lacking = one.start.columns.filter(name => !other.start.columns.includes(name))
  const further = other.start.columns.filter(name => !one.start.columns.includes(name))
  const differences = [
    ...(lacking.length === 0 ? [] : [`has no column ${lacking.slice(0, 5).join(', ')}`]),
    ...(further.length === 0 ? [] : [`has a column ${further.slice(0, 5).join(', ')} more`]),
  ]
  return runError(
    'USAGE_INVALID',
    `${other.path} ${differences.join(' and ')}, compared with ${one.path}: inputs of one batch must have the same columns`,
    'Give the files the same columns, or run a batch for each.',
  )
}

function inputChanged(path: string): BatchError {
  return runError(
    'INPUT_UNREADABLE',
    `${path} has other columns than at the start of the run`,
    'Let nobody write to the input, and continue with --resume.',
  )
}

function sourceColumnTaken(path: string, name: string): BatchError {
  return runError(
    'USAGE_INVALID',
    `${path} already has a column "${name}"`,
    `Name another column for the source: --source-column ${name}_2.`,
  )
}

function batchAmongRows(path: string): BatchError {
  return runError(
    'USAGE_INVALID',
    `${path} has lines of an OpenAI batch, and other inputs have not`,
    'Run a batch for each kind, or read all as rows with --input-format jsonl and --template.',
  )
}

function linesHaveNoColumn(): BatchError {
  return runError(
    'USAGE_INVALID',
    '--source-column needs rows with columns, and lines of an OpenAI batch have none',
    'Leave out --source-column.',
  )
}
