import { callLost } from '../error-reply/call-errors.js'
import type { Endpoint } from '../error-reply/endpoint.js'
import type { TransportReply } from '../transport/exchange.js'
import { rejectOnAbort } from '../transport/reject-on-abort.js'
import type { Transport } from '../transport/undici-transport.js'
import { fillBody, type MarkedContent } from './marked-contents.js'

/** The form of `fetch` that the AI SDK takes. */
export type Fetch = typeof globalThis.fetch

/** What one call's body has, and the SDK does not write. */
export interface BodyAdditions {
  readonly contents: readonly MarkedContent[]
  /** JSON of messages that follow the SDK's. */
  readonly followUps: readonly string[]
}

interface TransportFetchOptions {
  readonly transport: Transport
  /** Headers of every call; they replace the SDK's. */
  readonly headers: Readonly<Record<string, string>>
  /** Members that are added to every request's JSON body; the SDK does not write them. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The member of the body that is the list of messages. */
  readonly messagesIn: string
  /**
   * Takes what is added to the body of the call that has a signal, so that attachments are not kept
   * beside the body; undefined if nothing is.
   */
  readonly takeAdditions: (signal: AbortSignal) => BodyAdditions | undefined
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
  const { transport, headers, messagesIn, takeAdditions, endpoint } = options
  const { origin } = new URL(endpoint.baseUrl)
  // Added to the text of the body: to parse a large body costs more than the rest of the call.
  const members = JSON.stringify(options.fields).slice(1)
  const end = members === '}' ? members : `,${members}`

  const post = (url: string, init: RequestInit): Promise<never> => {
    const signal = init.signal as AbortSignal
    const { contents = [], followUps = [] } = takeAdditions(signal) ?? {}
    const written = withFollowUps(init.body as string, messagesIn, followUps)
    const body = written.slice(0, -1) + end
    const request = {
      path: url.slice(origin.length) + (endpoint.query ?? ''),
      headers: { ...(init.headers as Record<string, string>), ...headers },
      body: contents.length === 0 ? body : fillBody(body, contents),
    }
    return rejectOnAbort<never>(signal, (_resolve, reject) =>
      transport.send(request, {
        replied: reply => reject(new ReceivedReply(reply)),
        lost: (error, isSent) => reject(callLost(error, endpoint, isSent)),
      }),
    )
  }
  return post as unknown as Fetch
}

/** The body with more messages behind those in the list. The list becomes the last member. */
function withFollowUps(body: string, listName: string, followUps: readonly string[]): string {
  if (followUps.length === 0) return body
  const { [listName]: list, ...rest } = JSON.parse(body) as Record<string, readonly unknown[]>
  const messages = [...(list ?? []).map(message => JSON.stringify(message)), ...followUps]
  return `${JSON.stringify(rest).slice(0, -1)},"${listName}":[${messages}]}`
}
