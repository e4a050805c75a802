import type { Dispatcher } from 'undici'
import { decodeBody } from './decode-body.js'
import { decodeByType } from './decode-by-type.js'
import { isOutOfFiles } from './has-code.js'
import type { ReadingTurns } from './reading-turns.js'
import { bodyFormOf, decodeHeaders, hasLimits } from './reply-headers.js'

/** A reply of any status, without secrets. A long error reply may be cut. */
export interface TransportReply {
  readonly status: number
  /**
   * By lower-case name. Empty for a good reply without rate-limit headers, to save the decoding.
   */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Hears how a request ended: one of the two, once, and never before `send` has returned. */
export interface ReplyListener {
  readonly replied: (reply: TransportReply) => void
  /**
   * Called with undici's or the system's error, or REPLY_TOO_LARGE, if there is no whole reply.
   *
   * @param isSent whether the server may have got the request.
   */
  readonly lost: (error: Error, isSent: boolean) => void
  /** The rest of a large reply waits for its turn. */
  readonly held?: () => void
  /** The reply's turn has come. */
  readonly goesOn?: () => void
}

/** What all exchanges of a transport share. */
export interface ExchangeDesk {
  /** Most bytes of a good reply, after decoding. */
  readonly maxReplyBytes: number
  readonly hideSecrets: (text: string) => string
  readonly turns: ReadingTurns
  /**
   * Keeps an exchange that got no socket, to send it when another has ended. Returns false if no
   * other is in flight.
   */
  readonly sendLater: (exchange: Exchange) => boolean
  /** Called once at the end of each exchange that is not kept for later. */
  readonly onEnded: () => void
}

/** Bytes. A larger reply waits for its turn. An error reply is cut here. */
const largeBytes = 1_000_000

/**
 * One request and its reply, in undici 7's lowest interface. It decodes no headers and makes no
 * stream of the body, so it costs three quarters of undici's `request`. The interface is
 * deprecated: only this class uses it.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly request: Dispatcher.DispatchOptions
  readonly #desk: ExchangeDesk
  /** Absent after the listener was called, or if it must not be called. */
  #listener: ReplyListener | undefined
  /** Absent until there is a socket for the request. */
  #abort: ((reason: Error) => void) | undefined
  #resume = (): void => {}
  #status = 0
  #rawHeaders: readonly Buffer[] = []
  #bytes = 0
  /** Whether the reply is given to the listener, or is being decoded. */
  #hasReply = false
  #chunks: Buffer[] = []

  constructor(request: Dispatcher.DispatchOptions, listener: ReplyListener, desk: ExchangeDesk) {
    this.request = request
    this.#listener = listener
    this.#desk = desk
  }

  /** Whether nobody waits for this exchange any more. */
  get isOver(): boolean {
    return this.#listener === undefined
  }

  breakOff(reason: Error): void {
    this.#listener = undefined
    this.#abort?.(reason)
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Broken off while it waited for a socket. To throw here keeps the socket for the next request.
    if (this.#listener === undefined) throw new Error('broken off')
    this.#abort = abort
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    this.#status = status
    this.#rawHeaders = rawHeaders
    this.#resume = resume
    return true
  }

  /** The rest of the large reply is read. */
  goOn(): void {
    this.#listener?.goesOn?.()
    this.#resume()
  }

  onData(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    return this.#bytes <= largeBytes || this.#readsOn()
  }

  onComplete(): void {
    this.#tell()
    this.#desk.turns.giveBack(this)
    this.#desk.onEnded()
  }

  onError(error: Error): void {
    this.#desk.turns.giveBack(this)
    // Later, because a request that cannot be sent fails during `send`.
    queueMicrotask(() => {
      if (isOutOfFiles(error) && !this.isOver && this.#desk.sendLater(this)) return
      this.#desk.onEnded()
      if (!this.#hasReply) this.#settle()?.lost(error, this.#abort !== undefined)
    })
  }

  #readsOn(): boolean {
    const { maxReplyBytes, turns } = this.#desk
    const isAnswer = isGood(this.#status)
    if (isAnswer && this.#bytes <= maxReplyBytes) {
      const isItsTurn = turns.take(this)
      if (!isItsTurn) this.#listener?.held?.()
      return isItsTurn
    }
    if (isAnswer) this.#settle()?.lost(replyTooLarge(maxReplyBytes), true)
    else this.#tell()
    this.#abort?.(new Error('The rest of the reply is not needed'))
    return false
  }

  /** Gives the reply, as far as it has come, to the listener. */
  #tell(): void {
    this.#hasReply = true
    const body = joined(this.#chunks)
    this.#chunks = []
    const { codings, contentType } = bodyFormOf(this.#rawHeaders)
    if (codings === undefined) this.#reply(body, contentType)
    else
      void decodeBody(body, codings, this.#desk.maxReplyBytes).then(decoded =>
        this.#reply(decoded, contentType),
      )
  }

  /** @param body undefined if the body is too large. */
  #reply(body: Buffer | undefined, contentType: string | undefined): void {
    const { maxReplyBytes, hideSecrets } = this.#desk
    const status = this.#status
    const listener = this.#settle()
    if (body === undefined && isGood(status)) {
      listener?.lost(replyTooLarge(maxReplyBytes), true)
      return
    }
    const raw = this.#rawHeaders
    const headers = isGood(status) && !hasLimits(raw) ? {} : decodeHeaders(raw)
    try {
      const text = body === undefined ? '' : decodeByType(body, contentType)
      listener?.replied({ status, headers, body: hideSecrets(text) })
    } catch (defect) {
      // undici would take a thrown error for a fault of the socket, and hide it.
      queueMicrotask(() => {
        throw defect
      })
    }
  }

  #settle(): ReplyListener | undefined {
    const listener = this.#listener
    this.#listener = undefined
    return listener
  }
}

function replyTooLarge(mostBytes: number): Error {
  const error = new Error(`it is longer than ${mostBytes / 1_000_000} MB`)
  return Object.assign(error, { code: 'REPLY_TOO_LARGE' })
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300
}

/** Most replies come in one piece, which is not copied. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
}
