import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type BatchError, runError } from '../../error/batch-error.js'
import { hasCode } from './has-code.js'
import { isProxied, isThisMachine, proxySettings } from './proxy-settings.js'

interface ServerAddress {
  readonly baseUrl: string
  readonly providerTitle: string
  /** The setting that gives the address, such as `OLLAMA_BASE_URL`. */
  readonly setting: string
  /** For the proxy variables only; no proxy if absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds until connected; 10 s if absent. */
  readonly timeoutMs?: number
}

/**
 * Checks what no attempt would get past: a server on this machine that does not run, a host name
 * that does not resolve, and https to a port that speaks http. A proxy looks up names itself, so
 * nothing is checked behind a proxy.
 *
 * @throws {BatchError} CONNECTION_FAILED, reach run.
 */
export async function checkListening(server: ServerAddress): Promise<void> {
  const { baseUrl, environment = {} } = server
  const url = new URL(baseUrl)
  if (isProxied(url.origin, proxySettings(environment))) return
  const isHere = isThisMachine(url.origin)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!isHere && isIP(host) === 0) await checkName(host, server)
  const isSecure = url.protocol === 'https:'
  // Port 443 speaks https, and a check would cost every run a handshake.
  if (!isHere && (!isSecure || url.port === '')) return
  const port = Number(url.port || (isSecure ? 443 : 80))
  // The certificate is judged by the calls themselves.
  const socket = isSecure
    ? connectTls({ port, host, rejectUnauthorized: false })
    : connect({ port, host })
  await checkSocket(socket, isSecure ? 'secureConnect' : 'connect', server)
}

async function checkName(host: string, server: ServerAddress): Promise<void> {
  try {
    await lookup(host)
  } catch (error) {
    if (!hasCode(error, 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME')) return
    const { providerTitle, setting } = server
    throw runError(
      'CONNECTION_FAILED',
      `The host ${host}, the address of ${providerTitle}, is not known`,
      `Check the network and the name, or set ${setting} to another address.`,
      error,
    )
  }
}

async function checkSocket(socket: Socket, event: string, server: ServerAddress): Promise<void> {
  const { timeoutMs = 10_000 } = server
  const timeout = new Error(`No connection within ${timeoutMs / 1000} s`)
  socket.setTimeout(timeoutMs, () => socket.destroy(timeout))
  try {
    await once(socket, event)
  } catch (error) {
    const refusal = refusalOf(error, error === timeout, server)
    if (refusal !== undefined) throw refusal
  } finally {
    socket.destroy()
  }
}

function refusalOf(
  error: unknown,
  isTimeout: boolean,
  { baseUrl, providerTitle, setting }: ServerAddress,
): BatchError | undefined {
  const { host } = new URL(baseUrl)
  if (isNoTls(error)) {
    return runError(
      'CONNECTION_FAILED',
      `The server at ${host}, the address of ${providerTitle}, does not speak https`,
      `Set ${setting} to the address with http://.`,
      error,
    )
  }
  if (!isTimeout && !hasCode(error, 'ECONNREFUSED')) return undefined
  const what = isTimeout ? 'The server takes no connection' : 'Nothing listens'
  return runError(
    'CONNECTION_FAILED',
    `${what} at ${host}, the address of ${providerTitle}`,
    `Start the server, or set ${setting} to its address.`,
  )
}

/** Whether the far side answered a TLS greeting with something else. */
export function isNoTls(error: unknown): boolean {
  return hasCode(
    error,
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'ERR_SSL_UNKNOWN_PROTOCOL',
    'ERR_SSL_HTTP_REQUEST',
  )
}
