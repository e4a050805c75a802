import { callLost } from '../error-reply/call-errors.js'
import type { Endpoint } from '../error-reply/endpoint.js'
import type { TransportReply } from '../transport/exchange.js'
import { rejectOnAbort } from '../transport/reject-on-abort.js'
import type { Transport } from '../transport/undici-transport.js'

/** The form of `fetch` that the AI SDK takes. */
export type Fetch = typeof globalThis.fetch

interface TransportFetchOptions {
  readonly transport: Transport
  /** Headers of every call; they replace the SDK's. */
  readonly headers: Readonly<Record<string, string>>
  /** Members that are added to every request's JSON body; the SDK does not write them. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly endpoint: Endpoint
}

/**
 * Carries a reply of any status past the AI SDK, as an error. The SDK would refuse a good reply
 * because of a member that nobody needs, and lose its paid answer.
 */
export class ReceivedReply extends Error {
  readonly reply: TransportReply

  constructor(reply: TransportReply) {
    super('A reply has come')
    this.reply = reply
  }
}

/**
 * A `fetch` for the AI SDK over our transport. The promise always rejects: with a `ReceivedReply`,
 * or with our error for a lost connection. The SDK passes both on.
 */
export function transportFetch(options: TransportFetchOptions): Fetch {
  const { transport, headers, endpoint } = options
  const { origin } = new URL(endpoint.baseUrl)
  // Added to the text of the body: to parse a large body costs more than the rest of the call.
  const members = JSON.stringify(options.fields).slice(1)
  const end = members === '}' ? members : `,${members}`

  const post = (url: string, init: RequestInit): Promise<never> => {
    const request = {
      path: url.slice(origin.length) + (endpoint.query ?? ''),
      headers: { ...(init.headers as Record<string, string>), ...headers },
      body: (init.body as string).slice(0, -1) + end,
    }
    return rejectOnAbort<never>(init.signal as AbortSignal, (_resolve, reject) =>
      transport.send(request, {
        replied: reply => reject(new ReceivedReply(reply)),
        lost: (error, isSent) => reject(callLost(error, endpoint, isSent)),
      }),
    )
  }
  return post as unknown as Fetch
}
