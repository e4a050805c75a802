import { Readable } from 'node:stream'
import { isDate } from 'node:util/types'
import { type BatchError, runError } from '../error/batch-error.js'
import type { RowSource } from '../port/row-source.js'
import type { SourceRecord } from '../row/outcome.js'
import type { Columns, ColumnValue, Row } from '../row/row.js'
import { badRecord } from './record/bad-record.js'

/**
 * Rows of a program: objects, whose own members are the columns, or texts, which are prompts. All
 * are of the kind of the first.
 */
export type GivenRows<R> = Iterable<R> | AsyncIterable<R>

export interface RowsReading {
  readonly open: () => Promise<RowSource>
  /** The text or the object that a row was made of, or a copy. */
  readonly givenOf: (row: Row) => unknown
}

/** Rows of one group, where the rows need not be waited for. */
const groupRows = 128

/**
 * Reads rows that a program gives. Opening them reads the first one, for its columns.
 *
 * Any other value is a failed row, which names its index. Dates count as their text in ISO 8601.
 * Members that JSON does not have fail their row.
 *
 * @throws {BatchError} OPTIONS_INVALID, reach run, if `given` is not iterable, or is one text,
 * whose letters would be asked one by one. What the iteration throws, the rows error with.
 */
export function readGivenRows(given: GivenRows<unknown>): RowsReading {
  if (!isIterable(given)) throw rowsInvalid(given)
  /** Whether the rows are texts; decided by the first. */
  let areTexts: boolean | undefined
  return { open, givenOf: ({ columns }) => (areTexts ? columns.prompt : columns) }

  async function open(): Promise<RowSource> {
    const groups = groupsOf(given, recordOf)
    const first = await groups.next()
    return sourceOf(first.done === true ? [] : first.value, groups)
  }

  function recordOf(value: unknown, index: number): SourceRecord {
    const isText = typeof value === 'string'
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isText || isObject) areTexts ??= isText
    if (isText && areTexts) return { kind: 'row', index, columns: { prompt: value } }
    if (isObject && !areTexts) return objectRecord(value, index)
    const wanted =
      areTexts === undefined ? 'a string or an object' : areTexts ? 'a string' : 'an object'
    return badRecord(index, `Row ${index}`, `expected ${wanted}, found ${nameOf(value)}`)
  }
}

function objectRecord(value: object, index: number): SourceRecord {
  try {
    return { kind: 'row', index, columns: columnsOf(value) }
  } catch (error) {
    return badRecord(index, `Row ${index}`, (error as Error).message)
  }
}

function sourceOf(first: readonly SourceRecord[], rest: GroupsOfRecords): RowSource {
  const [one] = first
  const rows = Readable.from(groups(), { highWaterMark: 1 })
  // A generator that was not asked for anything does not end the one inside.
  rows.once('close', () => void rest.return(undefined).catch(() => {}))
  return {
    format: 'jsonl',
    path: '-',
    files: ['-'],
    rows,
    columns: one?.kind === 'row' ? Object.keys(one.columns) : [],
    isColumnsFixed: false,
    bytesTotal: undefined,
    bytesRead: () => 0,
    warnings: [],
    notes: () => [],
  }

  async function* groups(): GroupsOfRecords {
    if (first.length > 0) yield first
    yield* rest
  }
}

type GroupsOfRecords = AsyncGenerator<readonly SourceRecord[]>

async function* groupsOf(
  given: GivenRows<unknown>,
  recordOf: (value: unknown, index: number) => SourceRecord,
): GroupsOfRecords {
  let index = 0
  if (Symbol.asyncIterator in given) {
    for await (const value of given) {
      yield [recordOf(value, index)]
      index += 1
    }
    return
  }
  let group: SourceRecord[] = []
  try {
    for (const value of given) {
      group.push(recordOf(value, index))
      index += 1
      if (group.length < groupRows && index > 1) continue
      yield group
      group = []
    }
  } finally {
    // Also before an error of the iteration. If nobody reads on, the yield ends the generator.
    if (group.length > 0) yield group
  }
}

/** The object itself if all its members are values of columns. */
function columnsOf(given: object): Columns {
  const entries = Object.entries(given)
  const kept = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, columnValueOf(value, name)] as const],
  )
  const isSame =
    kept.length === entries.length && kept.every(([, value], at) => value === entries[at]?.[1])
  return isSame ? (given as Columns) : Object.fromEntries(kept)
}

/** @throws {TypeError} for a value that JSON does not have. */
function columnValueOf(value: unknown, name: string): ColumnValue {
  if (value === null || ['string', 'boolean', 'bigint'].includes(typeof value)) {
    return value as ColumnValue
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (isDate(value) && !Number.isNaN(value.getTime())) return value.toISOString()
  if (Array.isArray(value)) {
    const values = value.map(one => columnValueOf(one, name))
    return values.every((one, at) => one === value[at]) ? value : values
  }
  if (typeof value === 'object' && isPlain(value)) return columnsOf(value)
  throw new TypeError(`the column ${name} holds ${nameOf(value)} that JSON does not have`)
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function isIterable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.iterator in value || Symbol.asyncIterator in value
}

function rowsInvalid(value: unknown): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `The rows are ${nameOf(value)}, and not an array or an iterable of objects or strings`,
    'Put a single prompt into an array: [prompt].',
  )
}

/** The kind of a value. Prompts themselves are never shown in a message. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
