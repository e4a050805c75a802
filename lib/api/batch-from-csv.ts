import type { BatchOptions } from '../config/batch-options.js'
import type { Outcome } from '../row/outcome.js'
import { promptText } from '../row/prompt.js'
import type { Model } from './model.js'
import type { RunListeners } from './run-listeners.js'
import { type StartedBatch, startBatch } from './started-batch.js'

/** All options of a batch except those that `batchFromCsv` takes from its arguments. */
export type BatchFromCsvOptions = Omit<BatchOptions, 'input' | 'model' | 'key' | 'options'> &
  RunListeners

/**
 * Runs a CSV file, or any other input of `llm batch`, through a model. Records and logs as the
 * command does. The run begins at once.
 *
 * Iterate what it returns to get `[prompt, response]` in the order of the input, or await it to get
 * the summary. Errors before the first call are thrown by both.
 *
 * @throws {BatchError} OPTIONS_INVALID for a value that is not a model.
 * @example
 *     const model = await getModel('echo')
 *     const batch = batchFromCsv(model, 'reviews.csv', { template: 'Classify: {review_text}' })
 *     for await (const [prompt, response] of batch) console.log(prompt, response.text())
 * @example
 *     const options = { template: 'Classify: {review_text}', output: 'out.csv' }
 *     const summary = await batchFromCsv(await getModel('echo'), 'reviews.csv', options)
 *     console.log(summary.status, summary.tally.answered)
 */
export function batchFromCsv(
  model: Model,
  path: string,
  given: BatchFromCsvOptions = {},
): StartedBatch<string> {
  const { signal, onProgress, onOutcome, ...options } = given
  const inputFormat = /\.[a-z]+$/i.test(path) ? undefined : 'csv'
  return startBatch({
    model,
    options: { inputFormat, ...options, input: path },
    listeners: { signal, onProgress, onOutcome },
    askedOf: promptOf,
  })
}

function promptOf(outcome: Outcome): string {
  const prompt = outcome.kind === 'skipped' ? undefined : outcome.prompt
  return prompt === undefined ? '' : promptText(prompt)
}
