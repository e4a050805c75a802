import { Assembler } from 'stream-json/core/assembler.js'
import type { Token } from 'stream-json/core/parser.js'
import { changedText, exactNumber } from '../../row/exact-number.js'
import type { ColumnValue } from '../../row/row.js'
import {
  isMovingName,
  type JsonHolder,
  keepForm,
  keepKeys,
  keepNumberText,
} from '../../row/written-form.js'
import { deepestValue } from '../text/size-limits.js'

export interface AssembledValue {
  readonly value: ColumnValue
  /** Why the value cannot be used; `value` then means nothing. */
  readonly fault: string | undefined
}

export interface ValueAssembling {
  /** @returns the value, if the token completes one. */
  readonly take: (token: Token) => AssembledValue | undefined
  /** Whether a value has started and is not complete. */
  readonly isOpen: () => boolean
}

/**
 * Assembles JSON values from tokens, one after another, as `parseJson` does: with exact integers,
 * the texts of numbers, the order of keys, and the last of equal keys.
 *
 * A value that is nested too deeply, or has a number out of range, is read to its end but not kept.
 */
export function assembleJsonValue(): ValueAssembling {
  const assembler = new Assembler<ColumnValue>()
  let depth = 0
  let fault: string | undefined
  /** Whether a number of this value has a text of its own. */
  let hasTexts = false
  /** The keys, in their order, of each object that moves some of them. */
  const orders = new Map<JsonHolder, Set<string>>()
  assembler.numberValue = text => {
    try {
      takeNumber(text, exactNumber(text))
    } catch (error) {
      fault = (error as RangeError).message
    }
  }
  assembler.keyValue = key => {
    assembler.key = key
    if (orders.size > 0 || isMovingName(key)) takeKey(key, assembler.current as JsonHolder)
  }
  return { take, isOpen: () => depth > 0 }

  function takeNumber(text: string, value: number | bigint): void {
    const { current, key, done } = assembler
    // The assembler keeps what it gets for a string. It would round a number.
    assembler.stringValue(value as unknown as string)
    const written = changedText(text, value)
    if (done || (written === undefined && !hasTexts)) return
    if (written !== undefined) keepFormAround()
    hasTexts = true
    const at = Array.isArray(current) ? String(current.length - 1) : (key as string)
    keepNumberText(current as JsonHolder, at, written)
  }

  function takeKey(key: string, object: JsonHolder): void {
    if (isMovingName(key) && !orders.has(object)) {
      keepFormAround()
      orders.set(object, new Set(Object.keys(object)))
    }
    orders.get(object)?.add(key)
  }

  /** Every holder around one with a form has a form too. */
  function keepFormAround(): void {
    for (const holder of assembler.stack) {
      if (typeof holder === 'object' && holder !== null) keepForm(holder)
    }
  }

  function take(token: Token): AssembledValue | undefined {
    const { name } = token
    if (name === 'startObject' || name === 'startArray') depth += 1
    else if (name === 'endObject' || name === 'endArray') depth -= 1
    if (depth > deepestValue) fault ??= `nested deeper than ${deepestValue} levels`
    if (fault === undefined) assembler.consume(token)
    if (depth > 0) return undefined
    for (const [object, keys] of orders) keepKeys(object, [...keys])
    orders.clear()
    hasTexts = false
    const assembled = { value: assembler.current, fault }
    assembler.dropToLevel(0)
    fault = undefined
    return assembled
  }
}
