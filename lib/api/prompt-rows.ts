import { type BatchError, rowError, runError } from '../error/batch-error.js'
import type { Failed, SourceRecord } from '../row/outcome.js'

export interface PromptRows {
  /**
   * Groups of rows. A prompt that is not a string is a failed row, with its index in the message.
   */
  readonly rows: AsyncGenerator<readonly SourceRecord[]>
  /** What the iteration of the prompts threw. Rows before that are still answered. */
  readonly failure: { readonly error?: unknown }
}

/**
 * @throws {BatchError} OPTIONS_INVALID, reach run, if `prompts` is not an iterable, or is one
 * string, whose letters would be asked one by one.
 */
export function promptRows(prompts: Iterable<string> | AsyncIterable<string>): PromptRows {
  if (!isIterable(prompts)) throw promptsInvalid(prompts)
  const failure: { error?: unknown } = {}
  return { rows: rowsOf(prompts, failure), failure }
}

async function* rowsOf(
  prompts: Iterable<unknown> | AsyncIterable<unknown>,
  failure: { error?: unknown },
): AsyncGenerator<readonly SourceRecord[]> {
  let index = 0
  try {
    for await (const prompt of prompts) {
      const isText = typeof prompt === 'string'
      yield [isText ? { kind: 'row', index, columns: { prompt } } : noPrompt(prompt, index)]
      index += 1
    }
  } catch (error) {
    failure.error = error
  }
}

function isIterable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.iterator in value || Symbol.asyncIterator in value
}

function noPrompt(value: unknown, index: number): Failed {
  const found = nameOf(value)
  return {
    kind: 'failed',
    row: { kind: 'row', index, columns: { prompt: found } },
    error: rowError(
      'RECORD_INVALID',
      `The prompt at index ${index} is ${found}, not a string`,
      'Give batchProcess only strings.',
    ),
    attempts: 0,
  }
}

function promptsInvalid(value: unknown): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `batchProcess takes an array or an iterable of prompts, got ${nameOf(value)}`,
    'Put a single prompt into an array: batchProcess(model, [prompt]).',
  )
}

/** The kind of a value. Prompts themselves are never shown in a message. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
