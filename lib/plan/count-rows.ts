import { Readable } from 'node:stream'
import type { RowSource } from '../port/row-source.js'
import type { SourceRecord } from '../row/outcome.js'
import { openSource } from '../source/open-source.js'

export interface CountRowsOptions {
  readonly jsonPath?: string | undefined
}

/** A file of this size is read through in a tenth of a second; of larger ones the bytes read tell enough. */
const longestBytes = 4 * 1024 * 1024

/**
 * Counts the rows of a small file by reading it a second time, so that people see how many there are from the start.
 *
 * @returns undefined for a pipe, a large file, a workbook, and a file that breaks midway: the run will tell.
 */
export async function countRows(
  { path, format, bytesTotal }: RowSource,
  { jsonPath }: CountRowsOptions,
): Promise<number | undefined> {
  if (bytesTotal === undefined || bytesTotal > longestBytes || format === 'xlsx') return undefined
  try {
    const { rows } = await openSource({ path, stdin: Readable.from([]), format, jsonPath })
    let count = 0
    for await (const group of rows as AsyncIterable<readonly SourceRecord[]>) count += group.length
    return count
  } catch {
    return undefined
  }
}
