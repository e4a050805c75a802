import { PassThrough } from 'node:stream'
import type { BatchOptions } from '../config/batch-options.js'
import { openBatch } from '../plan/open-batch.js'
import type { Outcome } from '../row/outcome.js'
import { promptText } from '../row/prompt.js'
import type { BatchSummary } from '../run/progress.js'
import type { Model } from './get-model.js'
import { type Response, responseOf } from './response.js'

/** All options of a batch except those that `batchFromCsv` takes from its arguments. */
export type BatchFromCsvOptions = Omit<BatchOptions, 'input' | 'model' | 'key' | 'options'>

/** A batch to iterate row by row, or to await if only the file is wanted. It runs once. */
export interface CsvBatch
  extends AsyncIterable<[prompt: string, response: Response]>,
    PromiseLike<BatchSummary> {}

/**
 * Runs a CSV file, or any other input of `llm batch`, through a model. Records and logs as the
 * command does.
 *
 * Iterate to get `[prompt, response]` in the order of the input. To leave the loop early ends the
 * run: calls in flight finish and are recorded. Await to get the summary. Errors before the first
 * call are thrown. What stops a run later is thrown by the iteration, and is the summary's
 * `stopReason`.
 */
export function batchFromCsv(
  model: Model,
  path: string,
  options: BatchFromCsvOptions = {},
): CsvBatch {
  const given: BatchOptions = {
    inputFormat: /\.[a-z]+$/i.test(path) ? undefined : 'csv',
    ...options,
    input: path,
    model: model.name,
    key: model.key,
    options: model.givenOptions,
  }
  let summary: Promise<BatchSummary> | undefined

  return {
    // biome-ignore lint/suspicious/noThenProperty: awaiting it is one of its two uses.
    then(resolve, reject) {
      summary ??= run()
      return summary.then(resolve, reject)
    },
    [Symbol.asyncIterator]: read,
  }

  async function run(reader?: PassThrough): Promise<BatchSummary> {
    const batch = await openBatch(given, model.surroundings, { reader: reader ?? nobody() })
    try {
      return await batch.run()
    } finally {
      await batch.close()
    }
  }

  async function* read(): AsyncGenerator<[prompt: string, response: Response]> {
    if (summary !== undefined) throw new RangeError('A batch runs once, and this one has begun.')
    const reader = new PassThrough({ objectMode: true })
    const running = run(reader)
    summary = running
    running.catch(error => reader.destroy(error))
    try {
      for await (const outcome of reader as AsyncIterable<Outcome>) yield pairOf(outcome)
    } finally {
      reader.destroy()
      await running
    }
    const { stopReason } = await running
    if (stopReason !== undefined) throw stopReason
  }
}

function pairOf(outcome: Outcome): [string, Response] {
  const prompt = outcome.kind === 'skipped' ? undefined : outcome.prompt
  return [prompt === undefined ? '' : promptText(prompt), responseOf(outcome)]
}

/** Takes everything and keeps nothing. */
function nobody(): PassThrough {
  const reader = new PassThrough({ objectMode: true })
  reader.resume()
  return reader
}
