import { once } from 'node:events'
import { connect } from 'node:net'
import { type BatchError, runError } from '../../error/batch-error.js'
import { isThisMachine } from './proxy-settings.js'

export interface CheckListeningOptions {
  readonly baseUrl: string
  readonly providerTitle: string
  /** The setting that changes the address. */
  readonly pointer: string
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
export async function checkListening(options: CheckListeningOptions): Promise<void> {
  const { timeoutMs = 10_000 } = options
  const url = new URL(options.baseUrl)
  if (!isThisMachine(url.origin)) return
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const socket = connect({ port, host: url.hostname.replace(/^\[|\]$/g, '') })
  const stuck = new Error(`No connection within ${timeoutMs / 1000} s`)
  socket.setTimeout(timeoutMs, () => socket.destroy(stuck))
  try {
    await once(socket, 'connect')
  } catch (error) {
    if (error === stuck) throw cannotAsk(`${url.host} takes no connection`, options)
    if (isRefused(error)) throw cannotAsk(`Nothing listens at ${url.host}`, options)
  } finally {
    socket.destroy()
  }
}

/** `localhost` has two addresses, and their common error has the codes in `errors`. */
function isRefused(error: unknown): boolean {
  const { code, errors = [] } = error as { readonly code?: string; readonly errors?: unknown[] }
  return code === 'ECONNREFUSED' || errors.some(isRefused)
}

function cannotAsk(what: string, { providerTitle, pointer }: CheckListeningOptions): BatchError {
  return runError(
    'CONNECTION_FAILED',
    `${what}, where ${providerTitle} is to be asked`,
    `Start the server, or set ${pointer} to its address.`,
  )
}
