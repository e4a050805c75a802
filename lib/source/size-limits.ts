import { BatchError } from '../error/batch-error.js'

/** Characters of the longest field, line or string that is read. Beyond it something is broken, most often a quote left open. */
export const longestField = 16 * 1024 * 1024

/** Characters of the longest record: what one row may take of the memory. */
export const longestRecord = 2 * longestField

/** Levels of the deepest JSON value that becomes a row. What walks a row recursively can rely on it. */
export const deepestValue = 1000

/** Levels at which a JSON document is given up: keeping track of them takes memory as well. */
export const deepestDocument = 10_000

/** @param place where it is, such as `Line 17`. */
export function fieldTooLarge(place: string, remedy?: string): BatchError {
  return new BatchError(`${place}: a field is larger than ${megabytes(longestField)} MB`, {
    code: 'FIELD_TOO_LARGE',
    reach: 'run',
    remedy: remedy ?? 'Split it, or take it out of the input.',
  })
}

/** @param place where it is, such as `Element 3`. */
export function recordTooLarge(place: string): BatchError {
  return new BatchError(`${place}: a record is larger than ${megabytes(longestRecord)} MB`, {
    code: 'FIELD_TOO_LARGE',
    reach: 'run',
    remedy: 'Split it, or take it out of the input.',
  })
}

function megabytes(characters: number): number {
  return characters / (1024 * 1024)
}
