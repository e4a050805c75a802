import { type BatchError, runError } from '../../error/batch-error.js'

/** @param line on which the quote opens. */
export function quoteLeftOpen(line: number): BatchError {
  return runError(
    'INPUT_SYNTAX_INVALID',
    `Line ${line}: a quote is not closed`,
    'Close the quote, or write a quote inside quotes twice: "".',
  )
}
