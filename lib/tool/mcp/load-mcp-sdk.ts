import { loadExtra } from '../../extras/load-extra.js'

/** The parts of `@modelcontextprotocol/sdk` that we use, with its own names. */
export interface McpSdk {
  readonly Client: typeof import('@modelcontextprotocol/sdk/client/index.js').Client
  readonly CallToolResultSchema: typeof import('@modelcontextprotocol/sdk/types.js').CallToolResultSchema
  readonly ReadBuffer: typeof import('@modelcontextprotocol/sdk/shared/stdio.js').ReadBuffer
  readonly serializeMessage: typeof import('@modelcontextprotocol/sdk/shared/stdio.js').serializeMessage
  readonly StreamableHTTPClientTransport: typeof import('@modelcontextprotocol/sdk/client/streamableHttp.js').StreamableHTTPClientTransport
  readonly SSEClientTransport: typeof import('@modelcontextprotocol/sdk/client/sse.js').SSEClientTransport
}

/** @throws {BatchError} DEPENDENCY_MISSING, reach run, if the SDK is not installed. */
export async function loadMcpSdk(): Promise<McpSdk> {
  const load = (path: string): Promise<McpSdk> =>
    loadExtra('mcp', `@modelcontextprotocol/sdk/${path}`)
  const [client, types, stdio, http, sse] = await Promise.all([
    load('client/index.js'),
    load('types.js'),
    load('shared/stdio.js'),
    load('client/streamableHttp.js'),
    load('client/sse.js'),
  ])
  return { ...types, ...stdio, ...http, ...sse, ...client }
}
