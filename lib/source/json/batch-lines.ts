import type { SourceRecord } from '../../row/outcome.js'
import type { Columns, Row } from '../../row/row.js'
import { badRecord } from '../record/bad-record.js'

/** The members of a line of OpenAI's batches. */
const members = ['custom_id', 'method', 'url', 'body'] as const

/**
 * Ids that are remembered, so that memory has a bound. OpenAI allows 50,000 lines a file. In a
 * longer file, an id that comes after so many others may come twice.
 */
const mostIds = 200_000

/** Whether an object of JSON is a line of an OpenAI batch, by the names of its members. */
export function isBatchLine(columns: Columns): boolean {
  return members.every(name => Object.hasOwn(columns, name))
}

/**
 * Makes a function that checks the lines of one file. A line that OpenAI would refuse is a failed
 * outcome: without an id of its own, with another method than POST, or without a body.
 *
 * @see https://platform.openai.com/docs/api-reference/batch/request-input
 */
export function batchLines(): (row: Row) => SourceRecord {
  const lineOfId = new Map<string, number>()

  return row => {
    const { index, line = index + 1, columns } = row
    const fault = faultOf(columns)
    if (fault !== undefined) return badRecord(index, `Line ${line}`, fault, line, columns)
    const id = String(columns.custom_id)
    const earlier = lineOfId.get(id)
    if (earlier !== undefined) {
      const what = `custom_id ${shown(id)} is already that of line ${earlier}`
      return badRecord(index, `Line ${line}`, what, line, columns)
    }
    if (lineOfId.size < mostIds) lineOfId.set(id, line)
    return row
  }
}

function faultOf({ custom_id: id, method, url, body }: Columns): string | undefined {
  if (typeof id !== 'string' || id === '') return 'custom_id is not a text'
  if (method !== 'POST') return `method is ${shown(method)}, and only POST asks a model`
  if (typeof url !== 'string') return 'url is not a text'
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  return isObject ? undefined : 'body is not an object'
}

function shown(value: Columns[string] | undefined): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : `${value ?? 'missing'}`
  return text.slice(0, 80)
}
