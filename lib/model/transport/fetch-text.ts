import { Agent, type Dispatcher, EnvHttpProxyAgent, interceptors } from 'undici'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { Clock } from '../../port/clock.js'
import { decodeByType } from './decode-by-type.js'
import { isThisMachine, proxySettings } from './proxy-settings.js'
import { userAgent } from './undici-transport.js'

export interface FetchTextOptions {
  /** For the proxy variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Pick<Clock, 'sleep'>
}

/** Bytes. A longer text would fit into no prompt. */
const mostBytes = 10_000_000
/** Milliseconds of the whole request. */
const longestMs = 30_000
/** llm's limit. */
const maxRedirections = 3

/**
 * Fetches a text with GET, by llm's rules for fragments: up to 3 redirects, and any status but 2xx
 * is an error. The charset is that of the reply, else UTF-8.
 *
 * @throws {BatchError} FRAGMENT_NOT_FOUND, reach run.
 */
export async function fetchText(
  url: string,
  { environment, clock }: FetchTextOptions,
): Promise<string> {
  if (!URL.canParse(url)) throw notFetched(url, 'it is not a URL')
  const { origin, pathname, search } = new URL(url)
  const dispatcher = openDispatcher(origin, environment)
  const done = new AbortController()
  const deadline = clock.sleep(longestMs, done.signal).then(
    () => dispatcher.destroy(new Error(`it took more than ${longestMs / 1000} seconds`)),
    () => undefined,
  )
  try {
    const { statusCode, headers, body } = await dispatcher
      .compose(interceptors.redirect({ maxRedirections }))
      .request({
        origin,
        path: pathname + search,
        method: 'GET',
        headers: { 'user-agent': userAgent, 'accept-encoding': 'identity' },
      })
    if (statusCode < 200 || statusCode > 299) throw new Error(`the server says HTTP ${statusCode}`)
    return decodeByType(await bytesOf(body), String(headers['content-type'] ?? ''))
  } catch (error) {
    throw notFetched(url, reasonOf(error), error)
  } finally {
    done.abort()
    await deadline
    await dispatcher.destroy()
  }
}

function openDispatcher(origin: string, environment: FetchTextOptions['environment']): Dispatcher {
  return isThisMachine(origin) ? new Agent() : new EnvHttpProxyAgent(proxySettings(environment))
}

async function bytesOf(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error(`it has more than ${mostBytes / 1_000_000} MB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return message || code || String(error)
}

function notFetched(url: string, reason: string, cause?: unknown): BatchError {
  return runError(
    'FRAGMENT_NOT_FOUND',
    `The fragment ${url} could not be fetched: ${reason}`,
    'Try again, or save the text as a file and name that.',
    cause,
  )
}
