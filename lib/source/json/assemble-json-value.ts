import { Assembler } from 'stream-json/core/assembler.js'
import type { Token } from 'stream-json/core/parser.js'
import { exactNumber } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
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
 * and the last of equal keys.
 *
 * A value that is nested too deeply, or has a number out of range, is read to its end but not kept.
 */
export function assembleJsonValue(): ValueAssembling {
  const assembler = new Assembler<ColumnValue>()
  let depth = 0
  let fault: string | undefined
  assembler.numberValue = text => {
    try {
      // The assembler keeps what it gets for a string. It would round a number.
      assembler.stringValue(exactNumber(text) as unknown as string)
    } catch (error) {
      fault = (error as RangeError).message
    }
  }
  return { take, isOpen: () => depth > 0 }

  function take(token: Token): AssembledValue | undefined {
    const { name } = token
    if (name === 'startObject' || name === 'startArray') depth += 1
    else if (name === 'endObject' || name === 'endArray') depth -= 1
    if (depth > deepestValue) fault ??= `nested deeper than ${deepestValue} levels`
    if (fault === undefined) assembler.consume(token)
    if (depth > 0) return undefined
    const assembled = { value: assembler.current, fault }
    assembler.dropToLevel(0)
    fault = undefined
    return assembled
  }
}
