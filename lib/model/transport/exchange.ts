import type { Dispatcher } from 'undici'
import { decodeBody } from './decode-body.js'
import { codingOf, decodeHeaders, speaksOfLimits } from './reply-headers.js'
import { isOutOfFiles, replyTooLarge } from './transport-fault.js'
import type { Turns, TurnTaker } from './turns.js'
import type { Breakable } from './under-signal.js'

/**
 * A reply of any status, without secrets. It is whole, but for a refusal whose rest nobody needs.
 */
export interface TransportReply {
  readonly status: number
  /**
   * By lower-case name. A good reply has none unless one speaks of limits: to decode them costs
   * more than they say.
   */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Hears how one request ended: one of the two, once, and never before `send` has returned. */
export interface ReplyListener {
  readonly replied: (reply: TransportReply) => void
  /** With undici's or the system's error, or `replyTooLarge`, where no whole reply came. */
  readonly lost: (error: Error) => void
  /** The rest of a large reply waits for its turn. */
  readonly held?: () => void
  /** Its turn has come. */
  readonly goesOn?: () => void
}

/** What the exchanges of one transport share. */
export interface ExchangeDesk {
  /** Bytes of a good reply at most, after decoding. */
  readonly maxReplyBytes: number
  readonly hideSecrets: (text: string) => string
  /** Of reading large replies. */
  readonly turns: Turns
  /** Whether this exchange, which got no socket, will be sent again once another has ended. */
  readonly holdBack: (exchange: Exchange) => boolean
  /** Called once for each exchange that is not held back. */
  readonly onEnded: () => void
}

export interface ExchangeOptions {
  readonly request: Dispatcher.DispatchOptions
  readonly listener: ReplyListener
  readonly desk: ExchangeDesk
}

/** A reply larger than this waits for its turn; of a refusal no more is read. */
const largeBytes = 1_000_000

/**
 * One request and its reply, as the lowest interface of undici 7 has it. That one decodes no
 * headers and makes no stream of the body, and costs three quarters of `request`. The interface is
 * on its way out: this class is its only place.
 */
export class Exchange implements Dispatcher.DispatchHandler, Breakable, TurnTaker {
  readonly request: Dispatcher.DispatchOptions
  readonly #desk: ExchangeDesk
  /** Absent once it has been told, or when it is to be told nothing. */
  #listener: ReplyListener | undefined
  #abort: ((reason: Error) => void) | undefined
  #resume = (): void => {}
  #status = 0
  #rawHeaders: readonly Buffer[] = []
  #bytes = 0
  /** Its reply is told, or is being decoded. */
  #hasReply = false
  #chunks: Buffer[] = []

  constructor({ request, listener, desk }: ExchangeOptions) {
    this.request = request
    this.#listener = listener
    this.#desk = desk
  }

  /** Whether nobody waits for it any more. */
  get isOver(): boolean {
    return this.#listener === undefined
  }

  breakOff(reason: Error): void {
    this.#listener = undefined
    this.#abort?.(reason)
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Broken off while it waited for a socket: thrown, the socket stays whole for the next.
    if (this.#listener === undefined) throw new Error('broken off')
    this.#abort = abort
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    this.#status = status
    this.#rawHeaders = rawHeaders
    this.#resume = resume
    return true
  }

  /** The rest of its large reply is read. */
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
    // Later, since a request that cannot be sent fails while it is sent.
    queueMicrotask(() => {
      if (isOutOfFiles(error) && !this.isOver && this.#desk.holdBack(this)) return
      this.#desk.onEnded()
      if (!this.#hasReply) this.#settle()?.lost(error)
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
    if (isAnswer) this.#settle()?.lost(replyTooLarge(maxReplyBytes))
    else this.#tell()
    this.#abort?.(new Error('The rest of the reply is not wanted'))
    return false
  }

  /** Tells of the reply as far as it has come. */
  #tell(): void {
    this.#hasReply = true
    const body = joined(this.#chunks)
    this.#chunks = []
    const coding = codingOf(this.#rawHeaders)
    const { maxReplyBytes: mostBytes } = this.#desk
    if (coding === undefined) this.#reply(body)
    else void decodeBody(body, { coding, mostBytes }).then(whole => this.#reply(whole))
  }

  /** @param body undefined when it is too large. */
  #reply(body: Buffer | undefined): void {
    const { maxReplyBytes, hideSecrets } = this.#desk
    const status = this.#status
    const listener = this.#settle()
    if (body === undefined && isGood(status)) {
      listener?.lost(replyTooLarge(maxReplyBytes))
      return
    }
    const raw = this.#rawHeaders
    const headers = isGood(status) && !speaksOfLimits(raw) ? {} : decodeHeaders(raw)
    try {
      listener?.replied({ status, headers, body: hideSecrets(body?.toString() ?? '') })
    } catch (defect) {
      // undici would take it for a fault of the socket's, and keep it to itself.
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

function isGood(status: number): boolean {
  return status >= 200 && status < 300
}

/** Most replies come in one piece, which is then not copied. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
}
