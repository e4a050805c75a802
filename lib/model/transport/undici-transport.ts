import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import type { ReplyRoom } from '../../port/model-client.js'
import { hideSecrets } from '../secret/hide-secrets.js'
import { Exchange, type ReplyListener } from './exchange.js'
import { createHeldBack } from './held-back.js'
import { isThisMachine, proxySettings } from './proxy-settings.js'
import { createTurns } from './turns.js'
import type { Breakable } from './under-signal.js'

export interface TransportOptions {
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
  readonly send: (request: TransportRequest, listener: ReplyListener) => Breakable
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
  const heldBack = createHeldBack<Exchange>({
    send: exchange => dispatcher.dispatch(exchange.request, exchange),
    isOver: exchange => exchange.isOver,
  })
  const desk = {
    maxReplyBytes: maxReplyMb * 1_000_000,
    hideSecrets: hideSecrets(secrets),
    turns: createTurns(largeAtOnce),
    holdBack: heldBack.hold,
    onEnded: heldBack.onEnded,
  }
  return {
    send({ path, headers, body }, listener) {
      const request = { origin, path, headers, body, method: 'POST' } as const
      const exchange = new Exchange({ request, listener, desk })
      heldBack.onBegun()
      dispatcher.dispatch(request, exchange)
      return exchange
    },
    heed: desk.turns.heed,
    close: () => dispatcher.destroy(),
  }
}

function openDispatcher(options: TransportOptions): Dispatcher {
  const { origin, connections, environment, connectTimeoutMs: timeout = 30_000 } = options
  const proxies = proxySettings(environment)
  const { httpProxy, httpsProxy } = proxies
  const isProxied = origin.startsWith('https:') ? httpsProxy || httpProxy : httpProxy
  if (!isProxied || isThisMachine(origin))
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
