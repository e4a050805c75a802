import { z } from 'zod'
import type { ToolDefinition } from '../port/tool.js'

const toolSchema = z.union(
  [
    z.string().min(1),
    z.custom<ToolDefinition>(value => typeof value === 'object' && value !== null),
  ],
  'expects the name of a tool, a file of tools, or a tool',
)

/** The options about the tools that the model may call. */
export const toolFields = {
  /**
   * Names of tools, files such as `./tools.mjs`, and tools. A text may have several, with commas
   * between. A resume needs tools that are not texts again.
   */
  tools: z.array(toolSchema).optional(),
  /** MCP servers whose tools are added: names of `mcpServers`, command lines, and URLs. */
  mcp: z.array(z.string().min(1)).optional(),
  /** By name: command lines and URLs of MCP servers. */
  mcpServers: z.record(z.string(), z.string().min(1)).default({}),
  /** The most calls of the model in the chain of a row that uses tools; 0: no limit. */
  chainLimit: z.int().min(0).default(5),
  /** Milliseconds that one call of a tool may take. */
  toolTimeoutMs: z.int().positive().default(30_000),
}
