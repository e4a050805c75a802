import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import type { BegunCall, ReplyRoom } from '../../port/model-client.js'
import { hideSecrets } from '../secret/hide-secrets.js'
import { Exchange, type ReplyListener } from './exchange.js'
import { isProxied, proxySettings } from './proxy-settings.js'
import { createReadingTurns } from './reading-turns.js'

/** Our name in requests. The version is that of package.json; a spec checks it. */
export const userAgent = 'llm-batch/0.1.0'

interface TransportOptions {
  /** Scheme, host and port that all requests go to. */
  readonly origin: string
  /** Most sockets; as many as calls at the same time, or calls wait. */
  readonly connections: number
  /** Secrets that no reply may show, such as the key. */
  readonly secrets?: readonly string[]
  /** Most megabytes of a good reply, after decoding; 64 if absent. */
  readonly maxReplyMb?: number | undefined
  /** Milliseconds until connected, also through a proxy; 30 s if absent. */
  readonly connectTimeoutMs?: number
  /** For the proxy variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface TransportRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends requests to one origin over persistent sockets. */
export interface Transport {
  readonly send: (request: TransportRequest, listener: ReplyListener) => BegunCall
  /** See the port. */
  readonly heed: (room: ReplyRoom) => void
  readonly close: () => Promise<void>
}

/**
 * The only time limit is for connecting: an answer may take minutes, and the caller sets its limit.
 * Idle sockets are closed before servers close them (known servers keep them for at least 60 s),
 * because a request on a closing socket is lost.
 */
const socketOptions = {
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 30_000,
}

/**
 * How many large replies are read at the same time. Each takes several times its size while it is
 * parsed and written.
 */
const largeAtOnce = 4

export function openTransport(options: TransportOptions): Transport {
  const { origin, secrets = [], maxReplyMb = 64 } = options
  const dispatcher = openDispatcher(options)
  const turns = createReadingTurns(largeAtOnce)
  /** Exchanges that got no socket. Each is sent again when another has ended. */
  const unsent: Exchange[] = []
  let underWay = 0
  const maxReplyBytes = maxReplyMb * 1_000_000
  const desk = { maxReplyBytes, hideSecrets: hideSecrets(secrets), turns, sendLater, onEnded }
  return {
    send({ path, headers, body }, listener) {
      const request = { origin, path, headers, body, method: 'POST' } as const
      const exchange = new Exchange(request, listener, desk)
      dispatch(exchange)
      return exchange
    },
    heed: turns.heed,
    close: () => dispatcher.destroy(),
  }

  function dispatch(exchange: Exchange): void {
    underWay += 1
    dispatcher.dispatch(exchange.request, exchange)
  }

  /** Returns false if no other exchange is under way, so that none will end. */
  function sendLater(exchange: Exchange): boolean {
    if (underWay <= 1) return false
    underWay -= 1
    unsent.push(exchange)
    return true
  }

  function onEnded(): void {
    underWay -= 1
    if (unsent.length > 0) queueMicrotask(sendNext)
  }

  function sendNext(): void {
    let next = unsent.shift()
    while (next?.isOver) next = unsent.shift()
    if (next !== undefined) dispatch(next)
  }
}

function openDispatcher(options: TransportOptions): Dispatcher {
  const { origin, connections, environment, connectTimeoutMs: timeout = 30_000 } = options
  const proxies = proxySettings(environment)
  if (!isProxied(origin, proxies))
    return new Pool(origin, { ...socketOptions, connections, connect: { timeout } })
  return new EnvHttpProxyAgent({
    ...socketOptions,
    connections,
    ...proxies,
    connect: { timeout },
    proxyTls: { timeout },
    requestTls: { timeout },
    // The headers' limit is for a proxy's answer to CONNECT.
    clientFactory: (proxy, given) => new Pool(proxy, { ...given, headersTimeout: timeout }),
  })
}
