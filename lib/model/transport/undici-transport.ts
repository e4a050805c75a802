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
  /** Sockets kept at most; as many as calls are made at once, else calls wait for one. */
  readonly connections: number
  /** What no reply may show, such as the key. */
  readonly secrets?: readonly string[]
  /** Megabytes of a good reply at most, after decoding; 64 when absent. */
  readonly maxReplyMb?: number | undefined
  /** Until a connection stands, through a proxy too; 30 s when absent. */
  readonly connectTimeoutMs?: number
  /** Read for the proxy variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface TransportRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends requests to one origin over sockets that are kept. */
export interface Transport {
  readonly send: (request: TransportRequest, listener: ReplyListener) => Breakable
  /** As of the port. */
  readonly heed: (room: ReplyRoom) => void
  readonly close: () => Promise<void>
}

/**
 * No time limits but connecting's: an answer may take minutes, and how many is the caller's to say.
 * Idle sockets are let go before the servers we know do it (the shortest keep them 60 s), since a
 * request on a socket that is just being closed is lost.
 */
const socketOptions = {
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: 30_000,
}

/** Large replies read at once. Each costs several times its size while it is parsed and written. */
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
    // Of a proxy headers are all that is waited for: its word that the way is open.
    clientFactory: (proxy, given) => new Pool(proxy, { ...given, headersTimeout: timeout }),
  })
}
