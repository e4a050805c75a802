import { Agent, request } from 'undici'
import type { Clock } from '../../port/clock.js'
import { type Provider, providerBaseUrl, providerList } from '../catalog/provider-list.js'

/** A model server on the user's machine, or where they have put it. */
export interface LocalServer {
  readonly provider: Provider
  readonly baseUrl: string
  /** Names it answers to; absent when it does not answer, empty when it does not say. */
  readonly models: readonly string[] | undefined
}

/** A server that is there answers at once; for one that is not nobody should wait. */
const waits = { connect: { timeout: 1_000 }, headersTimeout: 2_000, bodyTimeout: 2_000 }
/** A server that sends a byte now and then is not waited for either. */
const longestMs = 5_000
/** The names of thousands of models. */
const maxResponseSize = 1_000_000

/**
 * Asks every local provider's server for its models, all at once. None is started, and none need be
 * there.
 */
export async function findLocalServers(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, 'sleep'>,
): Promise<readonly LocalServer[]> {
  const agent = new Agent({ ...waits, maxResponseSize })
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

/** `GET /models` as OpenAI has it: `{"data": [{"id": …}]}`. */
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
