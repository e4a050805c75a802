import { resolve } from 'node:path'
import type { BatchOptions, ResolvedBatchOptions } from '../../config/batch-options.js'
import { runError } from '../../error/batch-error.js'
import type { SavedTemplate } from '../../home/find-saved-template.js'
import { checkTools } from '../../model/catalog/check-tools.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'
import { userAgent } from '../../model/transport/user-agent.js'
import type { Clock } from '../../port/clock.js'
import type { PlanTools } from '../../run/plan.js'
import { type McpServer, openTools } from '../../tool/open-tools.js'
import { isToolFile } from '../../tool/read-tool-file.js'
import { createToolRunner } from '../../tool/run-tool-call.js'

export type ToolOptions = Pick<
  ResolvedBatchOptions,
  'tools' | 'mcp' | 'mcpServers' | 'chainLimit' | 'toolTimeoutMs'
>

export interface ChooseToolsOptions {
  readonly saved: Pick<SavedTemplate, 'tools'> | undefined
  readonly reference: ModelReference
  /** Whether rows give whole requests, with tools of their own. */
  readonly isAskedWhole: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

export interface ChosenTools extends PlanTools {
  readonly close: () => Promise<void>
}

/**
 * Opens the tools that the model may call: of the saved template first, as in llm.
 *
 * @returns undefined if there are none.
 * @throws {BatchError} TOOL_UNKNOWN, TOOL_INVALID, MODEL_UNUSABLE for a model that is known to call
 * no tools, OPTIONS_INVALID for rows that give whole requests; reach run.
 */
export async function chooseTools(
  options: ToolOptions,
  { saved, reference, isAskedWhole, environment, clock }: ChooseToolsOptions,
): Promise<ChosenTools | undefined> {
  if (!hasTools(options, saved)) return undefined
  if (isAskedWhole) throw requestsHaveTools()
  checkTools(reference)
  const version = userAgent.slice(userAgent.indexOf('/') + 1)
  const { mcp = [], mcpServers, chainLimit, toolTimeoutMs: timeoutMs } = options
  const { tools, close } = await openTools({
    tools: [...(saved?.tools ?? []), ...(options.tools ?? [])],
    mcp: [...new Set(mcp)].map(name => serverOf(name, mcpServers)),
    ...{ folder: resolve(), environment, version, clock },
  })
  try {
    const runner = await createToolRunner(tools, { timeoutMs, clock })
    return { specs: tools.map(({ spec }) => spec), runner, chainLimit, close }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

/** Whether the model may call tools. */
export function hasTools(
  { tools = [], mcp = [] }: Pick<ToolOptions, 'tools' | 'mcp'>,
  saved: Pick<SavedTemplate, 'tools'> | undefined,
): boolean {
  return tools.length + mcp.length + (saved?.tools.length ?? 0) > 0
}

function serverOf(name: string, servers: ToolOptions['mcpServers']): McpServer {
  const server = Object.hasOwn(servers, name) ? servers[name] : undefined
  return server === undefined ? { server: name } : { name, server }
}

function requestsHaveTools() {
  return runError(
    'OPTIONS_INVALID',
    'Tools do not go with the lines of an OpenAI batch, whose requests have tools of their own',
    'Leave out --tools and --mcp.',
  )
}

/** The tools as a batch records them: texts with absolute paths. */
export function recordedTools(given: ToolOptions['tools']): BatchOptions['tools'] {
  const absolute = (name: string) => (isToolFile(name) ? resolve(name) : name)
  return given?.flatMap(one =>
    typeof one === 'string' ? one.split(',').map(name => absolute(name.trim())) : [],
  )
}
