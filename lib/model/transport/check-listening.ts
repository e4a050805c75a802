import { once } from 'node:events'
import { connect } from 'node:net'
import { runError } from '../../error/batch-error.js'
import { hasCode } from './has-code.js'
import { isThisMachine } from './proxy-settings.js'

interface LocalServerAddress {
  readonly baseUrl: string
  readonly providerTitle: string
  /** The setting that gives the address, such as `OLLAMA_BASE_URL`. */
  readonly setting: string
  /** Milliseconds until connected; 10 s if absent. */
  readonly timeoutMs?: number
}

/**
 * Checks that a server on this machine listens: a server that is not running will not answer the
 * tenth attempt either. Servers elsewhere are not checked.
 *
 * @throws {BatchError} CONNECTION_FAILED, reach run, if the connection is refused, or gets no
 * answer.
 */
export async function checkListening(server: LocalServerAddress): Promise<void> {
  const { baseUrl, providerTitle, setting, timeoutMs = 10_000 } = server
  const url = new URL(baseUrl)
  if (!isThisMachine(url.origin)) return
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const socket = connect({ port, host: url.hostname.replace(/^\[|\]$/g, '') })
  const timeout = new Error(`No connection within ${timeoutMs / 1000} s`)
  socket.setTimeout(timeoutMs, () => socket.destroy(timeout))
  try {
    await once(socket, 'connect')
  } catch (error) {
    if (error !== timeout && !hasCode(error, 'ECONNREFUSED')) return
    const what = error === timeout ? 'The server takes no connection' : 'Nothing listens'
    throw runError(
      'CONNECTION_FAILED',
      `${what} at ${url.host}, the address of ${providerTitle}`,
      `Start the server, or set ${setting} to its address.`,
    )
  } finally {
    socket.destroy()
  }
}
