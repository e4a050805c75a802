import { pythonRepr } from '../../row/python/python-shown.js'
import type { ToolCall, ToolResult } from '../../row/tool-call.js'
import { cutOutput } from './cut-output.js'

/**
 * An error that the model is told of. llm records Python's class of an error, so `name` is one.
 *
 * @param name such as `TypeError`.
 * @param details more lines for the model, such as a traceback.
 */
export function toolError(name: string, message: string, details?: string): Error {
  return Object.assign(new Error(message), { name, details })
}

/** What the model is told of a tool that failed, and what llm records of it. */
export function failedResult({ id, name }: ToolCall, error: unknown): ToolResult {
  const { kind, message, details } = described(error)
  return {
    callId: id,
    name,
    output: cutOutput(`Error: ${message}${details === undefined ? '' : `\n${details}`}`),
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

interface Described {
  readonly kind: string
  readonly message: string
  readonly details?: string | undefined
}

/** A tool may throw anything, and an error of another realm is not an `Error` of ours. */
function described(error: unknown): Described {
  const { name, message, constructor: maker, details } = (error ?? {}) as Partial<ThrownError>
  if (typeof message !== 'string') return { kind: 'Error', message: textOf(error) }
  // A class of a user's own that sets no name inherits `Error` as its name.
  const kind = (name === 'Error' ? maker?.name : name) ?? 'Error'
  return { kind, message, details: typeof details === 'string' ? details : undefined }
}

interface ThrownError extends Error {
  readonly details: unknown
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'the tool failed'
  }
}
