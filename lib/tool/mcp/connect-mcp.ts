import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import type { Clock } from '../../port/clock.js'
import type { Restartable } from './keep-open.js'
import type { McpSdk } from './load-mcp-sdk.js'
import { mcpReason } from './mcp-reason.js'
import { type McpProcessOptions, openMcpProcess } from './open-mcp-process.js'

/** Where a server is. */
export type McpPlace =
  | { readonly kind: 'command'; readonly words: readonly string[] }
  | { readonly kind: 'url'; readonly url: URL }

export interface ConnectMcpOptions extends Omit<McpProcessOptions, 'words' | 'sdk'> {
  readonly place: McpPlace
  readonly clock: Clock
  /** How long the server has for each answer while it is opened, in milliseconds. */
  readonly timeoutMs: number
  readonly sdk: McpSdk
}

/** An open connection to a server, over which many calls run at the same time. */
export interface McpConnection extends Restartable {
  /** All tools, from all pages. */
  readonly listTools: () => Promise<readonly Tool[]>
  /** Rejects if the server refuses the call, or is lost. */
  readonly callTool: (name: string, input: unknown, signal: AbortSignal) => Promise<CallToolResult>
}

/**
 * Connects to a server, and greets it. Over HTTP, a server that refuses the streamable transport is
 * asked by the older one, as the protocol has it.
 *
 * @throws {Error} whose message is the reason in words.
 */
export async function connectMcp(options: ConnectMcpOptions): Promise<McpConnection> {
  const { place, sdk } = options
  if (place.kind === 'command') {
    const server = openMcpProcess({ ...options, words: place.words })
    return greet(server, options, server.trouble)
  }
  try {
    return await greet(streamable(place.url, options), options)
  } catch (error) {
    if (!mayBeOlder(error)) throw error
    return greet(new sdk.SSEClientTransport(place.url), options)
  }
}

/** The server may forget a session that has ended. A server that cannot be told is left alone. */
function streamable(url: URL, { sdk, clock }: ConnectMcpOptions): Transport {
  const transport = new sdk.StreamableHTTPClientTransport(url)
  const close = transport.close.bind(transport)
  transport.close = async () => {
    const wait = new AbortController()
    const patience = clock.sleep(1000, wait.signal).catch(() => {})
    await Promise.race([transport.terminateSession().catch(() => {}), patience])
    wait.abort()
    await close()
  }
  return transport as Transport
}

/** The reason of a failed greeting, and what the server answered over HTTP. */
interface FailedGreeting extends Error {
  readonly status?: unknown
}

/** A server of the older transport knows no POST at its address. */
function mayBeOlder(error: unknown): boolean {
  return [400, 404, 405].includes(Number((error as FailedGreeting).status))
}

async function greet(
  transport: Transport,
  { sdk, clock, timeoutMs }: ConnectMcpOptions,
  trouble: () => string | undefined = () => undefined,
): Promise<McpConnection> {
  const client = new sdk.Client({ name: 'llm-batch', version: '0.1.0' })
  let isOpen = true
  client.onclose = () => {
    isOpen = false
  }
  const close = async (): Promise<void> => {
    isOpen = false
    await transport.close().catch(() => {})
  }
  try {
    await inTime(client.connect(transport, patient))
  } catch (error) {
    await close()
    const { code } = error as { readonly code?: unknown }
    const reason = trouble() ?? mcpReason(error)
    throw Object.assign(new Error(reason, { cause: error }), { status: code })
  }
  return { isOpen: () => isOpen, close, listTools, callTool }

  async function listTools(): Promise<readonly Tool[]> {
    if (client.getServerCapabilities()?.tools === undefined) return []
    const tools: Tool[] = []
    let cursor: string | undefined
    for (let page = 0; page < mostPages; page += 1) {
      const asked = client.listTools(cursor === undefined ? {} : { cursor }, patient)
      const listed = await inTime(asked).catch(error => {
        throw new Error(trouble() ?? mcpReason(error), { cause: error })
      })
      tools.push(...listed.tools)
      cursor = listed.nextCursor
      if (!cursor) return tools
    }
    throw new Error(`its list of tools has more than ${mostPages} pages`)
  }

  async function callTool(
    name: string,
    input: unknown,
    signal: AbortSignal,
  ): Promise<CallToolResult> {
    const params = { name, arguments: input as Record<string, unknown> }
    try {
      const request = { method: 'tools/call', params } as const
      return await client.request(request, sdk.CallToolResultSchema, { ...patient, signal })
    } catch (error) {
      signal.throwIfAborted()
      // An answer that refuses the call has a number below zero, and comes from a living server.
      const { code } = error as { readonly code?: unknown }
      const isAnswer = isOpen && typeof code === 'number' && code < -1
      if (!isAnswer) await close()
      throw new Error(isAnswer ? mcpReason(error) : (trouble() ?? mcpReason(error)), {
        cause: error,
      })
    }
  }

  /** Rejects after the time, in which the server has said nothing that helps. */
  async function inTime<T>(answer: Promise<T>): Promise<T> {
    const wait = new AbortController()
    const silence = clock.sleep(timeoutMs, wait.signal).then(() => {
      throw new Error(`it gave no answer within ${timeoutMs / 1000} seconds`)
    })
    silence.catch(() => {})
    answer.catch(() => {})
    return Promise.race([answer, silence]).finally(() => wait.abort())
  }
}

/** Our own signals and clocks end a call, and not the SDK's timer of a minute. */
const patient = { timeout: 2 ** 31 - 1 }
const mostPages = 1000
