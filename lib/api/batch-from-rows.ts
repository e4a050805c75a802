import { type GivenRows, readGivenRows } from '../source/read-given-rows.js'
import type { BatchFromCsvOptions } from './batch-from-csv.js'
import type { Model } from './model.js'
import { type StartedBatch, startBatch } from './started-batch.js'

/** As for a file, without what only a file has. */
export type BatchFromRowsOptions = Omit<BatchFromCsvOptions, 'inputFormat'>

/**
 * Runs rows of a program through a model: objects, whose members are the columns of the template,
 * or strings, which are prompts. Records, resumes and writes an output as `batchFromCsv` does. The
 * run begins at once.
 *
 * Iterate what it returns to get `[row, response]` in the order of the rows, or await it to get the
 * summary. `row` is equal to the row that you gave, and may be a copy. To resume, give the same
 * rows again, with `resume` and the `batchId` or the `output`.
 *
 * @throws {BatchError} OPTIONS_INVALID for a value that is not a model, or not iterable.
 * @example
 *     const reviews = [{ id: 1, text: 'Lovely' }, { id: 2, text: 'It broke' }]
 *     const options = { template: 'Classify: {text}', output: 'out.jsonl' }
 *     const batch = batchFromRows(await getModel('echo'), reviews, options)
 *     for await (const [row, response] of batch) console.log(row.id, response.text())
 */
export function batchFromRows<R extends object | string>(
  model: Model,
  rows: GivenRows<R>,
  given: BatchFromRowsOptions = {},
): StartedBatch<R> {
  const { signal, onProgress, onOutcome, ...options } = given
  const reading = readGivenRows(rows)
  return startBatch({
    model,
    options: { ...options, input: '-' },
    listeners: { signal, onProgress, onOutcome },
    openRows: reading.open,
    askedOf: ({ row }) => reading.givenOf(row) as R,
  })
}
