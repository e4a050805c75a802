import type { LoggedCall } from '../../../port/llm-log.js'
import {
  isPythonObject,
  type PythonJson,
  type PythonObject,
  readPythonJson,
} from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'

export interface LogObjectsOptions {
  /** A member that holds a list of objects, which are then given instead (`--data-key`). */
  readonly key?: string | undefined
  /** Whether each object names its call and its conversation (`--data-ids`). */
  readonly hasIds: boolean
}

/** The JSON values of an answer; none if the answer is not JSON. */
export function logObjects(call: LoggedCall, options: LogObjectsOptions): readonly PythonJson[] {
  const value = readPythonJson(call.response ?? '')
  if (value === undefined) return []
  const objects = listUnder(options.key, value) ?? [value]
  return options.hasIds ? objects.map(object => withIds(object, call)) : objects
}

function listUnder(
  key: string | undefined,
  value: PythonJson,
): readonly PythonObject[] | undefined {
  const list = isPythonObject(value) && key !== undefined ? value.get(key) : undefined
  return Array.isArray(list) && list.every(isPythonObject) ? list : undefined
}

function withIds(value: PythonJson, { id, conversationId }: LoggedCall): PythonJson {
  if (!isPythonObject(value)) return value
  const named = new Map(value)
  named.set(unusedKey(named, 'response_id'), id)
  named.set(unusedKey(named, 'conversation_id'), conversationId ?? null)
  return named
}

function unusedKey(object: PythonObject, key: string): string {
  let unused = key
  while (object.has(unused)) unused += '_'
  return unused
}

/**
 * The lines of `--data-array`, which are one array. The result takes the next value, undefined
 * after the last, and gives the line of the value before.
 */
export function arrayLines(): (next: PythonJson | undefined) => string {
  let waiting: PythonJson | undefined
  let isFirst = true
  return next => {
    const value = waiting
    waiting = next
    if (value === undefined) return isFirst && next === undefined ? '[]\n' : ''
    const end = next === undefined ? ']' : ','
    const line = `${isFirst ? '[' : ' '}${pythonJsonText(value)}${end}\n`
    isFirst = false
    return line
  }
}
