import { parseJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import { findAnswerJson } from '../../schema/find-answer-json.js'

/** How answers that have a schema are written. */
export interface AnswerShape {
  /**
   * The properties of an answer, or of each of its `items` if `isExploded`. In a table each is a
   * column. None for a schema that names no properties.
   */
  readonly properties: readonly string[]
  /** Whether a table has the response column too, with the whole answer. */
  readonly hasResponse: boolean
  /**
   * Whether each of the answer's `items` is a row of its own, with the input's columns repeated.
   */
  readonly isExploded: boolean
}

/** The values that an answer stands for: the answer itself, or its items. */
export function answerValues(text: string, { isExploded }: AnswerShape): readonly ColumnValue[] {
  const json = findAnswerJson(text)
  // Recorded answers were checked when they came.
  const value = json === undefined ? text : parseJson(json)
  if (!isExploded) return [value]
  const several = memberOf(value, 'items')
  // A row without any keeps its place, as in an outer join.
  return Array.isArray(several) && several.length > 0 ? several : [null]
}

export function memberOf(value: ColumnValue, name: string): ColumnValue | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isRecord || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, ColumnValue>>)[name]
}
