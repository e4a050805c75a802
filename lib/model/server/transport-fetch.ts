import type { Clock } from '../../port/clock.js'
import { callLost } from '../error-reply/call-errors.js'
import type { Endpoint } from '../error-reply/endpoint.js'
import { translateErrorReply } from '../error-reply/translate-error-reply.js'
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
  readonly clock: Clock
}

/**
 * A `fetch` for the AI SDK over our transport. It gives good replies only. An error reply or a lost
 * connection rejects with our error, which the SDK passes on.
 */
export function transportFetch(options: TransportFetchOptions): Fetch {
  const { transport, headers, endpoint, clock } = options
  const { origin } = new URL(endpoint.baseUrl)
  // Added to the text of the body: to parse a large body costs more than the rest of the call.
  const members = JSON.stringify(options.fields).slice(1)
  const end = members === '}' ? members : `,${members}`

  const post = async (url: string, init: RequestInit): Promise<ReadReply> => {
    const request = {
      path: url.slice(origin.length),
      headers: { ...(init.headers as Record<string, string>), ...headers },
      body: (init.body as string).slice(0, -1) + end,
    }
    const reply = await rejectOnAbort<TransportReply>(
      init.signal as AbortSignal,
      (replied, failed) =>
        transport.send(request, {
          replied,
          lost: (error, isSent) => failed(callLost(error, endpoint, isSent)),
        }),
    )
    if (reply.status >= 200 && reply.status < 300) return readReply(reply)
    throw translateErrorReply(reply, endpoint, clock.nowMs())
  }
  return post as unknown as Fetch
}

/** The members of a `Response` that the SDK reads. A real `Response` costs a third of the call. */
interface ReadReply {
  readonly ok: true
  readonly status: number
  readonly statusText: string
  readonly headers: { get: (name: string) => string | null } & Iterable<[string, string]>
  readonly body: { getReader: () => object }
}

function readReply({ status, headers, body }: TransportReply): ReadReply {
  return {
    ok: true,
    status,
    statusText: '',
    headers: {
      get: name => headers[name.toLowerCase()] ?? null,
      [Symbol.iterator]: () => Object.entries(headers)[Symbol.iterator](),
    },
    body: { getReader: () => bodyReader(Buffer.from(body)) },
  }
}

function bodyReader(body: Buffer): object {
  let isRead = false
  return {
    read: async () => {
      if (isRead) return { done: true, value: undefined }
      isRead = true
      return { done: false, value: body }
    },
    cancel: async () => {},
    releaseLock: () => {},
  }
}
