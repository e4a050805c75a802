import { Readable } from 'node:stream'
import type { RowSource } from '../port/row-source.js'
import type { SourceRecord } from '../row/outcome.js'
import type { SourceForm } from '../source/check-form.js'
import { openSource } from '../source/open-source.js'

/**
 * A file of this size is read in a tenth of a second. For a larger one the bytes read tell enough.
 */
const longestBytes = 4 * 1024 * 1024

/**
 * Counts the rows of a small file by reading the file a second time, so that people see the number
 * from the start.
 *
 * @returns undefined for a pipe, a large file, several inputs, a workbook, and a file that
 * breaks midway.
 */
export async function countRows(
  { path, files, format, bytesTotal }: RowSource,
  form: SourceForm,
): Promise<number | undefined> {
  if (bytesTotal === undefined || bytesTotal > longestBytes || format === 'xlsx') return undefined
  if (files[0] !== path) return undefined
  try {
    const { rows } = await openSource({ path, stdin: Readable.from([]), format, ...form })
    let count = 0
    for await (const group of rows as AsyncIterable<readonly SourceRecord[]>) count += group.length
    return count
  } catch {
    return undefined
  }
}
