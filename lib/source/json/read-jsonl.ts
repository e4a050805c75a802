import { type BatchError, runError } from '../../error/batch-error.js'
import { parseJson } from '../../row/exact-json.js'
import type { SourceRecord } from '../../row/outcome.js'
import type { Row } from '../../row/row.js'
import { keysOf } from '../../row/written-form.js'
import { badRecord } from '../record/bad-record.js'
import { parseGroups } from '../record/parse-groups.js'
import type { ReadGroups } from '../record/stream-groups.js'
import { deepestValue } from '../text/size-limits.js'
import { splitLines } from '../text/split-lines.js'
import { findJsonFault } from './json-fault.js'
import { jsonRow } from './json-row.js'

type CheckRow = (row: Row) => SourceRecord

/**
 * Reads lines of JSON. Objects are rows, and a string is a prompt in the column `prompt`. Anything
 * else is a failed outcome with its line, and reading goes on. Blank lines are skipped.
 *
 * The columns are the keys of the first row.
 *
 * @param onFirst called with the first row. Returns what checks this and all later rows, if rows
 * are checked.
 * @throws {BatchError} INPUT_SYNTAX_INVALID, reach `run`, if the first line begins an array of rows
 * or an object of several lines: each of its lines would be a failed row.
 */
export function readJsonl(onFirst?: (row: Row) => CheckRow | undefined): ReadGroups {
  return parseGroups(give => {
    let index = 0
    let columns: readonly string[] | undefined
    let check: CheckRow | undefined
    const lines = splitLines((line, number) => {
      if (line.trim() === '') return
      if (index === 0 && isDocument(line.trim())) throw notLines(line.trim(), number)
      const record = readLine(line, index, number)
      index += 1
      if (columns === undefined && record.kind === 'row') {
        columns = keysOf(record.columns)
        check = onFirst?.(record)
      }
      give(check !== undefined && record.kind === 'row' ? check(record) : record)
    })
    return { ...lines, columns: () => columns }
  })
}

function isDocument(first: string): boolean {
  return /^\[\s*\{/.test(first) || /^[[{](.*[{[,:])?$/.test(first)
}

function notLines(first: string, line: number): BatchError {
  const isArray = first.startsWith('[')
  return runError(
    'INPUT_SYNTAX_INVALID',
    `Line ${line}: ${isArray ? 'an array of rows' : 'an object of several lines'}, where each line must be one object`,
    isArray
      ? 'Add --input-format json.'
      : 'Write each object on one line, for example with `jq -c .`.',
  )
}

function readLine(text: string, index: number, line: number): SourceRecord {
  const place = `Line ${line}`
  if (isNestedDeeper(text, deepestValue)) {
    return badRecord(index, place, `nested deeper than ${deepestValue} levels`, line)
  }
  try {
    return jsonRow(parseJson(text), index, place, line)
  } catch (error) {
    if (error instanceof RangeError) return badRecord(index, place, error.message, line)
    const fault = findJsonFault(text)
    if (fault === undefined) return badRecord(index, place, 'not JSON', line)
    return badRecord(index, `${place}, column ${fault.offset + 1}`, fault.reason, line)
  }
}

/**
 * Measures the depth in the text, because a walk of the parsed value would recurse. Brackets in
 * strings do not count.
 */
function isNestedDeeper(text: string, limit: number): boolean {
  if (text.length <= 2 * limit) return false
  let depth = 0
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"?|[[{]|[\]}]/gs)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > limit) return true
  }
  return false
}
