import { Agent, request } from 'undici'
import type { Clock } from '../../port/clock.js'
import { type Provider, providerBaseUrl, providerList } from '../catalog/provider-list.js'

/** A model server on the user's machine, or at the address that the user set. */
export interface LocalServer {
  readonly provider: Provider
  readonly baseUrl: string
  /**
   * Names of its models; absent if the server does not answer, empty if it does not list models.
   */
  readonly models: readonly string[] | undefined
}

/** Short, because a server that runs answers at once. */
const timeouts = { connect: { timeout: 1_000 }, headersTimeout: 2_000, bodyTimeout: 2_000 }
/** Milliseconds of a whole reply, for a server that sends a byte now and then. */
const longestMs = 5_000
/** Bytes: enough for thousands of models. */
const maxResponseSize = 1_000_000

/**
 * Asks the servers of all local providers for their models, at the same time. Servers need not be
 * running.
 */
export async function findLocalServers(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, 'sleep'>,
): Promise<readonly LocalServer[]> {
  const agent = new Agent({ ...timeouts, maxResponseSize })
  const done = new AbortController()
  clock.sleep(longestMs, done.signal).then(
    () => agent.destroy(),
    () => {},
  )
  try {
    return await Promise.all(
      providerList
        .filter(({ isLocal }) => isLocal)
        .map(async provider => {
          const baseUrl = providerBaseUrl(provider, environment)
          return { provider, baseUrl, models: await modelsAt(baseUrl, agent) }
        }),
    )
  } finally {
    done.abort()
    await agent.destroy()
  }
}

/** OpenAI's `GET /models`: `{"data": [{"id": …}]}`. */
async function modelsAt(baseUrl: string, dispatcher: Agent): Promise<string[] | undefined> {
  try {
    const { statusCode, body } = await request(`${baseUrl}/models`, { dispatcher })
    const text = await body.text()
    return statusCode === 200 ? idsIn(text) : []
  } catch {
    return undefined
  }
}

function idsIn(text: string): string[] {
  try {
    const { data } = JSON.parse(text) as { readonly data?: readonly { readonly id?: unknown }[] }
    return (data ?? []).flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
  } catch {
    return []
  }
}
