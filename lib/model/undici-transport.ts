import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { isThisMachine, proxySettings } from './proxy-settings.js'

export interface TransportOptions {
  /** Scheme, host and port that all requests go to. */
  readonly origin: string
  /** Sockets kept at most; as many as calls are made at once, else calls wait for one. */
  readonly connections: number
  /** Read for the proxy variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface TransportRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A reply of any status, whole. */
export interface TransportReply {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Sends requests to one origin over sockets that are kept. */
export interface Transport {
  /** Rejects with undici's or the system's error when no whole reply came, or with the signal's reason. */
  readonly post: (request: TransportRequest, signal: AbortSignal) => Promise<TransportReply>
  readonly close: () => Promise<void>
}

/**
 * No time limits but connecting's: an answer may take minutes, and how many is the signal's to say.
 * Idle sockets are let go before the servers we know do it (the shortest keep them 60 s), since a request on a
 * socket that is just being closed is lost.
 */
const socketOptions = {
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 30_000,
  connect: { timeout: 30_000 },
}

export function openTransport(options: TransportOptions): Transport {
  const { origin } = options
  const dispatcher = openDispatcher(options)
  return {
    post: ({ path, headers, body }, signal) =>
      dispatch(dispatcher, { origin, path, headers, body, method: 'POST' }, signal),
    close: () => dispatcher.destroy(),
  }
}

function openDispatcher({ origin, connections, environment }: TransportOptions): Dispatcher {
  const proxies = proxySettings(environment)
  const { httpProxy, httpsProxy } = proxies
  const isProxied = origin.startsWith('https:') ? httpsProxy || httpProxy : httpProxy
  if (!isProxied || isThisMachine(origin))
    return new Pool(origin, { ...socketOptions, connections })
  return new EnvHttpProxyAgent({ ...socketOptions, connections, ...proxies })
}

/**
 * One request, by undici's lowest door: `request` makes a stream of the body, which for a body that is wanted
 * whole costs a third of the call.
 */
function dispatch(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions & { readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<TransportReply> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const chunks: Buffer[] = []
    let head: Omit<TransportReply, 'body'> = { status: 0, headers: {} }
    let started: Dispatcher.DispatchController | undefined
    const abort = (): void => {
      reject(signal.reason)
      started?.abort(toError(signal.reason))
    }
    signal.addEventListener('abort', abort, { once: true })

    dispatcher.dispatch(request as Dispatcher.DispatchOptions, {
      onRequestStart(controller) {
        // Given up while it waited for a socket: thrown, the socket stays whole for the next.
        if (signal.aborted) throw toError(signal.reason)
        started = controller
      },
      onResponseStart(_controller, status, headers) {
        head = { status, headers: flat(headers) }
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort)
        resolve({ ...head, body: joined(chunks) })
      },
      onResponseError(_controller, error) {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    })
  })
}

/** Most replies come in one piece, which is then not copied. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
}

function flat(
  received: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const name in received) {
    const value = received[name]
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
