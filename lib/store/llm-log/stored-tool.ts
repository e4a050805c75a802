/// <reference lib="es2024.string" />

import { createHash } from 'node:crypto'
import { pythonJsonText } from '../../row/python/python-json-text.js'
import { toPythonJson } from '../../row/python/to-python-json.js'
import type { ToolSpec } from '../../row/tool-call.js'

/** A row of llm's `tools`. */
export interface StoredTool {
  /** SHA-256, in hex, of all the others. */
  readonly hash: string
  readonly name: string
  readonly description: string | null
  /** JSON as Python writes it. */
  readonly inputSchema: string
  readonly plugin: string | null
}

/** The row of a tool, with llm's hash: the keys of the schema keep their order. */
export function storedTool({ name, description, inputSchema, plugin }: ToolSpec): StoredTool {
  const described = description.toWellFormed() || null
  const schema = toPythonJson(inputSchema)
  const hashed = { name, description: described, input_schema: inputSchema, plugin }
  return {
    hash: createHash('sha256')
      .update(pythonJsonText(toPythonJson(hashed)))
      .digest('hex'),
    name,
    description: described,
    inputSchema: pythonJsonText(schema),
    plugin: plugin ?? null,
  }
}
