import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FileServerOptions {
  readonly content: Uint8Array
  /** What goes wrong with a request, if anything; counted from 1. */
  readonly fault?: (requestNumber: number, request: FileRequest) => FileFault | undefined
  /** Whether parts of the file can be had; default true. */
  readonly hasRanges?: boolean
  /** Whether it says how long a reply is; default true. */
  readonly hasLength?: boolean
  /** What it says of the type; nothing if absent. */
  readonly type?: string
}

export type FileFault =
  | { readonly kind: 'status'; readonly status: number }
  /**
   * Breaks the connection after so many bytes of the reply, and after `until`: a reader loses what
   * it has not yet read when the connection breaks.
   */
  | {
      readonly kind: 'break'
      readonly afterBytes: number
      readonly until?: () => Promise<void>
    }
  /** Sends on to `to`, else to the file itself, as a hub sends to where files are stored. */
  | { readonly kind: 'redirect'; readonly to?: string }

export interface FileRequest {
  readonly method: string
  readonly path: string
  readonly range: string | undefined
}

/** Serves one file at every path, whole or in part, on this machine. */
export interface FileServer {
  readonly origin: string
  readonly requests: readonly FileRequest[]
  readonly close: () => Promise<void>
}

export async function startFileServer(options: FileServerOptions): Promise<FileServer> {
  const { content, fault, hasRanges = true, hasLength = true, type } = options
  const requests: FileRequest[] = []
  const server = createServer(receive)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  function receive(
    { method = '', url = '', headers }: IncomingMessage,
    response: ServerResponse,
  ): void {
    const request = { method, path: url, range: headers.range }
    requests.push(request)
    const what = fault?.(requests.length, request)
    if (what?.kind === 'status') response.writeHead(what.status).end('no')
    else if (what?.kind === 'redirect') {
      response.writeHead(302, { location: what.to ?? `${origin}/stored` }).end()
    } else sendFile(response, headers.range, what)
  }

  function sendFile(
    response: ServerResponse,
    range: string | undefined,
    broken: Extract<FileFault, { readonly kind: 'break' }> | undefined,
  ): void {
    const from = hasRanges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0
    if (from >= content.length) return void response.writeHead(416).end()
    const part = content.subarray(from)
    const length = hasLength ? { 'content-length': part.length } : {}
    const typed = type === undefined ? {} : { 'content-type': type }
    response.writeHead(from > 0 ? 206 : 200, { ...length, ...typed })
    if (broken === undefined) return void response.end(part)
    response.write(part.subarray(0, broken.afterBytes), async () => {
      await broken.until?.()
      response.destroy()
    })
  }
}
