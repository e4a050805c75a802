import { type BatchError, runError } from '../../error/batch-error.js'

/** Characters. A longer field, line or string is an error, most often an open quote. */
export const longestField = 16 * 1024 * 1024

/** Characters of the longest record: bounds the memory of one row. */
export const longestRecord = 2 * longestField

/** Levels of the deepest JSON value in a row, so that code may walk a row recursively. */
export const deepestValue = 1000

/** Levels at which a JSON document is refused, because each open level takes memory. */
export const deepestDocument = 10_000

/**
 * How many times its size an archive may unpack to: sheets of one value in each cell come to some
 * 50.
 */
const greatestRatio = 100

const megabyte = 1024 * 1024

/** Bytes that an archive of so many bytes may unpack to, where nobody says otherwise. */
export function mostUnpacked(packed: number): number {
  return Math.min(Math.max(64 * megabyte, greatestRatio * packed), 2048 * megabyte)
}

/** @param unpacked bytes, as are `packed` and `most`. */
export function unpackedTooLarge(unpacked: number, packed: number, most: number): BatchError {
  const grown = Math.ceil(megabytes(unpacked))
  return runError(
    'INPUT_TOO_LARGE',
    `The workbook unpacks to ${grown} MB, ${Math.round(unpacked / packed)} times its size: the limit is ${Math.floor(megabytes(most))} MB`,
    `If you trust the file, add --max-unpacked ${grown}.`,
  )
}

/** @param place where it is, such as `Line 17`. */
export function fieldTooLarge(place: string, remedy?: string): BatchError {
  return runError(
    'FIELD_TOO_LARGE',
    `${place}: a field is larger than ${megabytes(longestField)} MB`,
    remedy ?? 'Split it, or take it out of the input.',
  )
}

/** @param place where it is, such as `Element 3`. */
export function recordTooLarge(place: string): BatchError {
  return runError(
    'FIELD_TOO_LARGE',
    `${place}: a record is larger than ${megabytes(longestRecord)} MB`,
    'Split it, or take it out of the input.',
  )
}

function megabytes(count: number): number {
  return count / megabyte
}
