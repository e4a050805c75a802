import { once } from 'node:events'
import { connect } from 'node:net'
import { type BatchError, runError } from '../../error/batch-error.js'
import { isThisMachine } from './proxy-settings.js'

export interface CheckListeningOptions {
  readonly baseUrl: string
  readonly providerTitle: string
  /** What the user can change to point it elsewhere. */
  readonly pointer: string
  /** Until a connection stands; 10 s when absent. */
  readonly timeoutMs?: number
}

/**
 * Looks whether anybody listens where a server on this machine is to be asked: one that is not
 * running will not be there for the tenth attempt either. Of a server elsewhere nothing is looked
 * at.
 *
 * @throws {BatchError} CONNECTION_FAILED, reach run, when the connection is refused, or neither
 * taken nor refused.
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

/** `localhost` is two addresses, and the error of both has the codes inside. */
function isRefused(error: unknown): boolean {
  const { code, errors = [] } = error as { readonly code?: string; readonly errors?: unknown[] }
  return code === 'ECONNREFUSED' || errors.some(isRefused)
}

function cannotAsk(what: string, { providerTitle, pointer }: CheckListeningOptions): BatchError {
  return runError(
    'CONNECTION_FAILED',
    `${what}, where ${providerTitle} is to be asked`,
    `Start it, or point ${pointer} to where it is.`,
  )
}
