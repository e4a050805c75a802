import { stringify } from 'ndjson'
import { hasBigInteger, stringifyJson } from '../row/exact-json.js'
import type { ColumnValue } from '../row/row.js'
import { type OutcomeNaming, outcomeFields, type WrittenOutcome } from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'

type Fields = readonly (readonly [string, ColumnValue])[]

/** A name that an object moves to its front, such as `2024`. */
const movingName = /^\d+$/

/**
 * JSON Lines: one object a line, LF after each, values with the types they had.
 *
 * ndjson's stream gives back each record as it takes it, so one is enough for all. What it would change (2.0.0) is
 * written by our own line: it fails at a bigint, and an object puts names that are numbers before all others.
 */
export function writeJsonl(naming: OutcomeNaming): OutputDocument {
  const stream = stringify()
  return {
    records: outcomes => outcomes.map(outcome => line(outcomeFields(outcome, naming))).join(''),
    closing: () => '',
  }

  function line(fields: Fields): string {
    if (fields.some(isChangedByNdjson)) return `${objectText(fields)}\n`
    stream.write(Object.fromEntries(fields))
    // It ends lines as the platform does, on Windows with CRLF.
    return `${(stream.read() as string).trimEnd()}\n`
  }
}

/** One object without white space. */
export function jsonRecord(outcome: WrittenOutcome, naming: OutcomeNaming): string {
  return objectText(outcomeFields(outcome, naming))
}

/** Put together by hand, so that names stay in their order and big integers exact. */
function objectText(fields: Fields): string {
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${stringifyJson(value)}`)
  return `{${members.join(',')}}`
}

function isChangedByNdjson([name, value]: Fields[number]): boolean {
  return movingName.test(name) || hasBigInteger(value)
}
