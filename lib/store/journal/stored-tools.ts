import type { ToolSpec } from '../../row/tool-call.js'
import { type StoredTool, storedTool } from '../llm-log/stored-tool.js'

/** Tools as llm stores them. The prompts of a run share theirs. */
export function storedTools(): (tools: readonly ToolSpec[]) => readonly StoredTool[] {
  const known = new WeakMap<readonly ToolSpec[], readonly StoredTool[]>()
  return tools => {
    const stored = known.get(tools) ?? tools.map(storedTool)
    known.set(tools, stored)
    return stored
  }
}
