import { runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import type { Clock } from '../port/clock.js'
import type { OpenTools, Tool, ToolDefinition } from '../port/tool.js'
import { defaultTools } from './default-tools.js'
import { isToolFile, readToolFile } from './read-tool-file.js'
import { toolOfExport } from './tool-of-export.js'

export interface OpenToolsOptions {
  /**
   * Names (`llm_time`), files of tools (`./tools.mjs`), and tools. A text may have several, with
   * commas between. What is named twice counts once.
   */
  readonly tools: readonly (string | ToolDefinition)[]
  /** The folder that files are relative to. */
  readonly folder: string
  /** MCP servers whose tools are added. */
  readonly mcp?: readonly McpServer[] | undefined
  /** The environment of MCP servers that are started. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** What the tool `llm_version` gives. */
  readonly version: string
  readonly clock: Clock
}

export interface McpServer {
  /** Its name in messages; without one, `server` itself. */
  readonly name?: string | undefined
  /** A command line, which no shell runs, or a URL. */
  readonly server: string
}

const pythonName = 'python'

/** Some tools, and where they are from, for messages. */
interface ToolOrigin {
  readonly from: string
  readonly opened: OpenTools
}

/**
 * Opens the tools of a run: by name, from files, of MCP servers, and as the caller gives them.
 *
 * @throws {BatchError} TOOL_UNKNOWN with the nearest name; TOOL_INVALID for two tools of one name,
 * and as `readToolFile` and `openMcpServer`; DEPENDENCY_MISSING for a part that is not installed;
 * reach run. What was opened by then is closed.
 * @example
 * const opened = await openTools({ tools: ['llm_time,./tools.mjs'], folder, version, clock })
 * const runner = await createToolRunner(opened.tools, { timeoutMs: 30_000, clock })
 * // … and after the last call:
 * await opened.close()
 */
export async function openTools(options: OpenToolsOptions): Promise<OpenTools> {
  const origins: ToolOrigin[] = []
  const close = async (): Promise<void> => {
    const ends = await Promise.allSettled(origins.map(({ opened }) => opened.close()))
    const failed = ends.find(end => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
  try {
    for (const asked of new Set(options.tools.flatMap(namesIn))) {
      origins.push(await openOne(asked, options))
    }
    for (const server of options.mcp ?? []) origins.push(await openServer(server, options))
    checkNames(origins)
    return { tools: origins.flatMap(({ opened }) => opened.tools), close }
  } catch (error) {
    // The first error matters more than one of closing.
    await close().catch(() => {})
    throw error
  }
}

function namesIn(asked: string | ToolDefinition): readonly (string | ToolDefinition)[] {
  if (typeof asked !== 'string') return [asked]
  return asked
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

async function openOne(
  asked: string | ToolDefinition,
  { folder, version, clock }: OpenToolsOptions,
): Promise<ToolOrigin> {
  if (typeof asked !== 'string') {
    const from = 'the option tools'
    const tool = await toolOfExport(asked, { file: from, exportName: String(asked.name) })
    if (tool === undefined) throw noTool(asked)
    return { from, opened: openedAs([tool]) }
  }
  if (isToolFile(asked)) {
    const tools = await readToolFile({ file: asked, folder, clock })
    return { from: asked, opened: openedAs(tools) }
  }
  if (asked === pythonName) {
    const { openPython } = await import('./python/open-python.js')
    return { from: 'llm batch', opened: await openPython({ clock }) }
  }
  const known = defaultTools({ version, nowMs: clock.nowMs })
  const tool = known.find(({ spec }) => spec.name === asked)
  const names = known.map(({ spec }) => spec.name)
  if (tool === undefined) throw toolUnknown(asked, [pythonName, ...names])
  return { from: 'llm', opened: openedAs([tool]) }
}

async function openServer(
  { name, server }: McpServer,
  { folder, environment: env = {}, clock }: OpenToolsOptions,
): Promise<ToolOrigin> {
  const { openMcpServer } = await import('./mcp/open-mcp-server.js')
  const opened = await openMcpServer({ server, name, folder, env, clock })
  return { from: `the MCP server ${name ?? server}`, opened }
}

/** Tools that hold nothing open. */
function openedAs(tools: readonly Tool[]): OpenTools {
  return { tools, close: async () => {} }
}

function checkNames(origins: readonly ToolOrigin[]): void {
  const firstOf = new Map<string, string>()
  for (const { from, opened } of origins) {
    for (const { spec } of opened.tools) {
      const first = firstOf.get(spec.name)
      if (first !== undefined) throw twoOfOneName(spec.name, first, from)
      firstOf.set(spec.name, from)
    }
  }
}

function twoOfOneName(name: string, first: string, second: string) {
  const where = first === second ? `both of ${first}` : `of ${first} and of ${second}`
  return runError(
    'TOOL_INVALID',
    `Two tools have the name ${name}: ${where}`,
    'Rename one of them, or leave one out.',
  )
}

function toolUnknown(name: string, known: readonly string[]) {
  const near = nearest(name, known, 1)[0]
  const hint = near === undefined ? '' : `Did you mean ${near}? `
  return runError(
    'TOOL_UNKNOWN',
    `There is no tool ${name}`,
    `${hint}Known are ${known.join(', ')}, and files of tools such as ./tools.mjs.`,
  )
}

function noTool(value: object) {
  return runError(
    'TOOL_INVALID',
    `One of the option tools is not a tool: it has ${Object.keys(value).join(', ') || 'nothing'}`,
    'Give an object with name, description, inputSchema and execute.',
  )
}
