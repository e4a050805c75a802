import { pythonRepr } from '../row/python/python-shown.js'
import type { ToolCall, ToolResult } from '../row/tool-call.js'
import { cutOutput } from './cut-output.js'

/**
 * An error that the model is told of. llm records Python's class of an error, so `name` is one.
 *
 * @param name such as `TypeError`.
 */
export function toolError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

/** What the model is told of a tool that failed, and what llm records of it. */
export function failedResult({ id, name }: ToolCall, error: unknown): ToolResult {
  const { kind, message } = described(error)
  return {
    callId: id,
    name,
    output: cutOutput(`Error: ${message}`),
    exception: cutOutput(`${kind}: ${message}`),
  }
}

/** The model calls a tool that it was not told of. The words are llm's. */
export function unknownTool({ id, name }: ToolCall): ToolResult {
  const message = `tool "${name}" does not exist`
  return {
    callId: id,
    name,
    output: cutOutput(`Error: ${message}`),
    // Python shows the message of this class as a literal.
    exception: cutOutput(`KeyError: ${pythonRepr(message)}`),
  }
}

/** A tool may throw anything, and an error of another realm is not an `Error` of ours. */
function described(error: unknown): { readonly kind: string; readonly message: string } {
  const { name, message, constructor: maker } = (error ?? {}) as Partial<Error>
  if (typeof message !== 'string') return { kind: 'Error', message: textOf(error) }
  // A class of a user's own that sets no name inherits `Error` as its name.
  return { kind: (name === 'Error' ? maker?.name : name) ?? 'Error', message }
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'the tool failed'
  }
}
