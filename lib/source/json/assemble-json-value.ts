import type { Token } from 'stream-json/core/parser.js'
import { exactNumber } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import { deepestValue } from '../text/size-limits.js'

type Container = ColumnValue[] | Record<string, ColumnValue>

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
  let containers: Container[] = []
  let names: string[] = []
  let name = ''
  let depth = 0
  let fault: string | undefined

  return { take, isOpen: () => depth > 0 }

  function take(token: Token): AssembledValue | undefined {
    switch (token.name) {
      case 'keyValue':
        name = token.value
        return undefined
      case 'startObject':
        return open({})
      case 'startArray':
        return open([])
      case 'endObject':
      case 'endArray':
        return close()
      case 'numberValue':
        return put(toNumber(token.value))
      case 'stringValue':
      case 'trueValue':
      case 'falseValue':
      case 'nullValue':
        return put(token.value)
      default:
        return undefined
    }
  }

  function open(container: Container): undefined {
    depth += 1
    if (depth > deepestValue) fault ??= `nested deeper than ${deepestValue} levels`
    if (fault !== undefined) return
    containers.push(container)
    names.push(name)
  }

  function close(): AssembledValue | undefined {
    depth -= 1
    const closed = containers.pop()
    name = names.pop() ?? ''
    return put(closed ?? null)
  }

  function put(value: ColumnValue): AssembledValue | undefined {
    if (depth === 0) return finish(value)
    if (fault !== undefined) return undefined
    const container = containers.at(-1)
    if (Array.isArray(container)) container.push(value)
    else if (container !== undefined) setOwn(container, name, value)
    return undefined
  }

  function finish(value: ColumnValue): AssembledValue {
    const assembled = { value, fault }
    fault = undefined
    containers = []
    names = []
    return assembled
  }

  function toNumber(text: string): ColumnValue {
    try {
      return exactNumber(text)
    } catch (error) {
      fault ??= (error as RangeError).message
      return null
    }
  }
}

function setOwn(object: Record<string, ColumnValue>, name: string, value: ColumnValue): void {
  if (name !== '__proto__') object[name] = value
  else {
    const property = { value, writable: true, enumerable: true, configurable: true }
    Object.defineProperty(object, name, property)
  }
}
