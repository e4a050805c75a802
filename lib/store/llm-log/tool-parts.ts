/// <reference lib="es2024.string" />

import {
  isPythonFloat,
  isPythonObject,
  type PythonJson,
  readPythonJson,
} from '../../row/python/python-json.js'
import { pythonJsonText } from '../../row/python/python-json-text.js'
import type { ToolCall, ToolResult } from '../../row/tool-call.js'

/** What llm keeps of a tool's call. */
export interface ToolCallPart {
  readonly type: 'tool_call'
  readonly id: string
  readonly name: string
  readonly arguments: PythonJson
}

/** What llm keeps of a tool's result. */
export interface ToolResultPart {
  readonly type: 'tool_result'
  readonly id: string
  readonly name: string
  readonly output: string
  readonly exception: string | undefined
}

/**
 * A call as llm records it: no arguments are `{}`, and arguments that are not JSON are
 * `{"_raw": text}`.
 */
export function toolCallPart({ id, name, argumentsText }: ToolCall): ToolCallPart {
  return {
    type: 'tool_call',
    id: id.toWellFormed(),
    name: name.toWellFormed(),
    arguments: wellFormed(argumentsOf(argumentsText)),
  }
}

function argumentsOf(text: string): PythonJson {
  if (text === '') return new Map()
  const value = readPythonJson(text)
  // Null is JSON too. NaN is not, though Python reads and writes it: SQLite would refuse to list
  // any call then.
  const isJson = value !== undefined && readsAsJson(pythonJsonText(value))
  return isJson ? value : new Map([['_raw', text]])
}

function readsAsJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export function toolResultPart({ callId, name, output, exception }: ToolResult): ToolResultPart {
  return {
    type: 'tool_result',
    id: callId.toWellFormed(),
    name: name.toWellFormed(),
    output: output.toWellFormed(),
    exception: exception?.toWellFormed(),
  }
}

/** Without lone surrogates, which Python could read from JSON, but not encode again. */
function wellFormed(value: PythonJson): PythonJson {
  if (typeof value === 'string') return value.toWellFormed()
  if (value === null || typeof value !== 'object' || isPythonFloat(value)) return value
  if (!isPythonObject(value)) return value.map(wellFormed)
  return new Map([...value].map(([key, member]) => [key.toWellFormed(), wellFormed(member)]))
}
