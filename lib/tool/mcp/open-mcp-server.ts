import { type BatchError, runError } from '../../error/batch-error.js'
import type { Clock } from '../../port/clock.js'
import type { OpenTools, Tool } from '../../port/tool.js'
import type { JsonSchema } from '../../row/json-schema.js'
import { connectMcp, type McpConnection, type McpPlace } from './connect-mcp.js'
import { type KeptOpen, keepOpen } from './keep-open.js'
import { loadMcpSdk } from './load-mcp-sdk.js'
import { mcpResultText } from './mcp-result-text.js'
import { splitCommand } from './split-command.js'
import { toolNames } from './tool-names.js'

export interface OpenMcpServerOptions {
  /** A command line, which no shell runs, or an `http:` or `https:` URL. */
  readonly server: string
  /** The server's name in messages; if absent, the command line, or the URL without its query. */
  readonly name?: string | undefined
  /** The folder that the command runs in. */
  readonly folder: string
  /** The environment of the command. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** How long each answer may take while the server is opened, in milliseconds; default 10,000. */
  readonly timeoutMs?: number | undefined
}

/** How often a server is started again without a call that succeeds in between. */
const mostRestarts = 3

/**
 * Opens an MCP server, once a run, and offers its tools.
 *
 * A tool's result comes as text. Whatever fails in a call is thrown for the model: a refusal, a
 * result that is an error, and the end of the server. After its end, the next call starts the
 * server again.
 *
 * @throws {BatchError} TOOL_INVALID with the reason, if the server does not start, does not speak
 * MCP, is silent, or offers no tools; DEPENDENCY_MISSING without the SDK; reach run.
 * @example
 * const { tools, close } = await openMcpServer({
 *   server: 'npx -y @modelcontextprotocol/server-everything',
 *   folder: '/home/ada',
 *   env: process.env,
 *   clock: systemClock,
 * })
 */
export async function openMcpServer(options: OpenMcpServerOptions): Promise<OpenTools> {
  const { server, folder, env, clock, timeoutMs = 10_000 } = options
  const place = placeOf(server)
  const name = options.name ?? shownPlace(place, server)
  const sdk = await loadMcpSdk()
  const open = () => connectMcp({ place, folder, env, clock, timeoutMs, sdk })
  let first: McpConnection | undefined
  try {
    first = await open()
    const listed = (await first.listTools()).filter(
      // These give a task to ask for later, and we do not.
      ({ execution }) => execution?.taskSupport !== 'required',
    )
    if (listed.length === 0) throw new Error('it offers no tools')
    const kept = keepOpen({ first, open, mostRestarts })
    const names = toolNames(listed.map(tool => tool.name))
    const tools = listed.map((tool, at) => toolOf(tool, names[at] ?? '', { name, kept }))
    return { tools, close: kept.close }
  } catch (error) {
    await first?.close()
    throw serverUnusable(name, place, error)
  }
}

type ListedTool = Awaited<ReturnType<McpConnection['listTools']>>[number]

interface Server {
  readonly name: string
  readonly kept: KeptOpen<McpConnection>
}

function toolOf(listed: ListedTool, name: string, server: Server): Tool {
  const { $schema: _draft, ...inputSchema } = listed.inputSchema
  const description = listed.description ?? listed.title ?? listed.name
  return {
    spec: { name, description, inputSchema: inputSchema as JsonSchema },
    async execute(input, { signal }) {
      const result = await called(server, connection =>
        connection.callTool(listed.name, input, signal),
      ).catch(error => {
        signal.throwIfAborted()
        throw error
      })
      const text = mcpResultText(result)
      if (result.isError === true) throw mcpError(text || 'the tool failed')
      return text
    },
  }
}

/** A refusal is told as it is. Of a lost server, the model hears which server it was. */
async function called<T>(
  { name, kept }: Server,
  act: (connection: McpConnection) => Promise<T>,
): Promise<T> {
  let used: McpConnection | undefined
  try {
    return await kept.use(connection => {
      used = connection
      return act(connection)
    })
  } catch (error) {
    const { message } = error as Error
    if (used?.isOpen() === true) throw mcpError(message)
    const when = used === undefined ? 'is not available' : 'was lost during the call'
    throw mcpError(`the MCP server ${name} ${when}: ${message}`)
  }
}

function mcpError(message: string): Error {
  return Object.assign(new Error(message), { name: 'McpError' })
}

function placeOf(server: string): McpPlace {
  if (/^https?:\/\//i.test(server)) {
    if (URL.canParse(server)) return { kind: 'url', url: new URL(server) }
    throw runError(
      'TOOL_INVALID',
      `The URL of the MCP server is none: ${server}`,
      'As in: https://example.com/mcp',
    )
  }
  const words = splitCommand(server)
  if (words.length > 0) return { kind: 'command', words }
  throw runError(
    'TOOL_INVALID',
    'An MCP server needs a command or a URL, and got an empty text',
    'As in: npx some-server, or https://example.com/mcp',
  )
}

/** A query may have a key in it. */
function shownPlace(place: McpPlace, server: string): string {
  return place.kind === 'url' ? place.url.origin + place.url.pathname : server
}

function serverUnusable(name: string, { kind }: McpPlace, cause: unknown): BatchError {
  return runError(
    'TOOL_INVALID',
    `The MCP server ${name} cannot be used: ${(cause as Error).message}`,
    kind === 'url'
      ? 'Check the URL, and that the server runs and speaks MCP.'
      : 'Run its command alone to see what it says. If npx must first download the server, that also takes time: run it once before.',
    cause,
  )
}
