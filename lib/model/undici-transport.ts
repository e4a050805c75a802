import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { isThisMachine, proxySettings } from './proxy-settings.js'
import type { Breakable } from './under-signal.js'

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
  /** By lower-case name. A good reply has none unless one speaks of limits: to decode them costs more than they say. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Hears how one request ended: one of the two, once, and never before `send` has returned. */
export interface ReplyListener {
  readonly replied: (reply: TransportReply) => void
  /** With undici's or the system's error, where no whole reply came. */
  readonly lost: (error: Error) => void
}

/** Sends requests to one origin over sockets that are kept. */
export interface Transport {
  readonly send: (request: TransportRequest, listener: ReplyListener) => Breakable
  readonly close: () => Promise<void>
}

/**
 * No time limits but connecting's: an answer may take minutes, and how many is the caller's to say.
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
    send({ path, headers, body }, listener) {
      const exchange = new Exchange(listener)
      dispatcher.dispatch({ origin, path, headers, body, method: 'POST' }, exchange)
      return exchange
    },
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
 * One request and its reply, as the lowest interface of undici 7 has it. That one decodes no headers and makes no
 * stream of the body, and costs three quarters of `request`. The interface is on its way out: this class is its
 * only place.
 */
class Exchange implements Dispatcher.DispatchHandler, Breakable {
  /** Absent once it has been told, or when it is to be told nothing. */
  #listener: ReplyListener | undefined
  #abort: ((reason: Error) => void) | undefined
  #status = 0
  #rawHeaders: readonly Buffer[] = []
  readonly #chunks: Buffer[] = []

  constructor(listener: ReplyListener) {
    this.#listener = listener
  }

  breakOff(reason: Error): void {
    this.#listener = undefined
    this.#abort?.(reason)
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Broken off while it waited for a socket: thrown, the socket stays whole for the next.
    if (this.#listener === undefined) throw new Error('broken off')
    this.#abort = abort
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    this.#status = status
    this.#rawHeaders = rawHeaders
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    return true
  }

  onComplete(): void {
    const status = this.#status
    const raw = this.#rawHeaders
    const isGood = status >= 200 && status < 300
    const headers = isGood && !speaksOfLimits(raw) ? {} : decoded(raw)
    const listener = this.#settle()
    try {
      listener?.replied({ status, headers, body: joined(this.#chunks) })
    } catch (defect) {
      // undici would take it for a fault of the socket's, and keep it to itself.
      queueMicrotask(() => {
        throw defect
      })
    }
  }

  onError(error: Error): void {
    // Later, since a request that cannot be sent fails while it is sent.
    queueMicrotask(() => this.#settle()?.lost(error))
  }

  #settle(): ReplyListener | undefined {
    const listener = this.#listener
    this.#listener = undefined
    return listener
  }
}

function speaksOfLimits(raw: readonly Buffer[]): boolean {
  for (let index = 0; index < raw.length; index += 2) {
    if (/limit|retry/i.test(String(raw[index]?.toString('latin1')))) return true
  }
  return false
}

function decoded(raw: readonly Buffer[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]?.toString('latin1')).toLowerCase()
    const value = String(raw[index + 1]?.toString('latin1'))
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}

/** Most replies come in one piece, which is then not copied. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
}
