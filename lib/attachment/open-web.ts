import { promises as dns } from 'node:dns'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import { retryDelay } from '../throttle/retry-delay.js'
import {
  addressLocal,
  attachmentNotFound,
  attachmentTooLarge,
  attachmentUntyped,
} from './attachment-errors.js'
import { detectType, headBytes } from './detect-type.js'
import { guardedLookup, LocalAddressError } from './guarded-lookup.js'
import { isPublicAddress, localHost } from './public-address.js'

export interface OpenWebOptions {
  /** URLs of proxies; '' if there are none. */
  readonly proxies: {
    readonly httpProxy: string
    readonly httpsProxy: string
    readonly noProxy: string
  }
  readonly userAgent: string
  /** Whether local and private addresses may be asked. */
  readonly allowLocal: boolean
  readonly mostBytes: number
  readonly clock: Clock
}

/** What a server says of a file before it is fetched. */
export interface WebFile {
  readonly type: string
  /** Absent if the server does not say. */
  readonly bytes: number | undefined
}

/** Files on the web. Rejects with ATTACHMENT_NOT_FOUND, ATTACHMENT_INVALID; reach row. */
export interface Web {
  readonly look: (url: string) => Promise<WebFile>
  readonly load: (url: string) => Promise<Buffer>
  /** @throws {BatchError} ATTACHMENT_INVALID for a URL that no request may be sent to. */
  readonly check: (url: string) => void
  readonly close: () => Promise<void>
}

type Reply = Dispatcher.ResponseData

/** llm's limit. */
const mostRedirects = 3
const mostAttempts = 3
const backoff = { baseMs: 500, ceilingMs: 8_000 }
/** Milliseconds until connected, until the headers, and between two pieces of the body. */
const patienceMs = 30_000

/** Other names of types that models take. */
const typeNames: Readonly<Record<string, string>> = {
  'application/x-pdf': 'application/pdf',
  'audio/mp3': 'audio/mpeg',
  'audio/wave': 'audio/wav',
  'audio/x-wav': 'audio/wav',
  'image/jpg': 'image/jpeg',
}

/** Types by which a server says that it does not know the type. */
const untold = /^$|^(?:application|binary)\/octet-stream$/

/**
 * Opens the web for attachments. A request is only sent to a public address: each address is
 * checked after the name was looked up, and again for each redirect. Through a proxy, the proxy
 * looks names up, and only names that this machine can look up are checked.
 */
export function openWeb(options: OpenWebOptions): Web {
  const { proxies, userAgent, allowLocal, mostBytes, clock } = options
  const direct = new Agent(agentOptions(allowLocal))
  const isProxied = proxies.httpProxy !== '' || proxies.httpsProxy !== ''
  const proxied = isProxied
    ? new EnvHttpProxyAgent({ ...agentOptions(allowLocal), ...proxies })
    : undefined

  return {
    check: url => void parse(url, url),
    look: url => patiently(url, () => look(url)),
    load: url => patiently(url, () => loadAll(url)),
    async close() {
      await Promise.all([direct.destroy(), proxied?.destroy()])
    },
  }

  async function look(url: string): Promise<WebFile> {
    const { statusCode, headers, body } = await request('HEAD', url)
    await body.dump()
    const type = typeOf(headers)
    const length = headers['content-length']
    const bytes = length === undefined ? undefined : Number(length)
    if (statusCode >= 200 && statusCode < 300 && !untold.test(type)) {
      return { type, bytes: bounded(url, bytes) }
    }
    return lookInside(url)
  }

  /** Some servers refuse HEAD, or do not know the type: then the beginning of the file tells. */
  async function lookInside(url: string): Promise<WebFile> {
    const { headers, body } = good(url, await request('GET', url))
    const length = headers['content-length']
    let head = Buffer.alloc(0)
    for await (const piece of body as AsyncIterable<Buffer>) {
      head = Buffer.concat([head, piece])
      if (head.length >= headBytes) break
    }
    const told = typeOf(headers)
    const type = untold.test(told) ? detectType(head, new URL(url).pathname) : told
    if (type === undefined) throw attachmentUntyped(url)
    return { type, bytes: bounded(url, length === undefined ? undefined : Number(length)) }
  }

  async function loadAll(url: string): Promise<Buffer> {
    const { headers, body } = good(url, await request('GET', url))
    bounded(url, Number(headers['content-length'] ?? 0))
    const pieces: Buffer[] = []
    let bytes = 0
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length
      bounded(url, bytes)
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }

  function bounded(url: string, bytes: number | undefined): number | undefined {
    if (bytes !== undefined && bytes > mostBytes) throw attachmentTooLarge(url, mostBytes)
    return bytes
  }

  /** Sends a request, and follows its redirects. */
  async function request(method: 'GET' | 'HEAD', url: string): Promise<Reply> {
    let target = parse(url, url)
    for (let redirects = 0; ; redirects += 1) {
      const reply = await send(method, target, url)
      const { location } = reply.headers
      const isRedirect = /^30[12378]$/.test(String(reply.statusCode))
      if (!isRedirect || typeof location !== 'string') return reply
      await reply.body.dump()
      if (redirects === mostRedirects) throw attachmentNotFound(url, 'it has too many redirects')
      target = parse(new URL(location, target).href, url)
    }
  }

  async function send(method: 'GET' | 'HEAD', target: URL, url: string): Promise<Reply> {
    const { origin, pathname, search, hostname } = target
    const isDirect = proxied === undefined || localHost(hostname) !== undefined
    if (!isDirect && !allowLocal) await checkLookedUp(hostname, url)
    const headers = { 'user-agent': userAgent, 'accept-encoding': 'identity' }
    const dispatcher = isDirect ? direct : proxied
    return dispatcher.request({ origin, path: pathname + search, method, headers })
  }

  /** @param url the URL that a person gave; a redirect may have led to `address`. */
  function parse(address: string, url: string): URL {
    const target = URL.canParse(address) ? new URL(address) : undefined
    if (target === undefined || !/^https?:$/.test(target.protocol)) {
      throw attachmentNotFound(url, 'it is not an http(s) URL')
    }
    const local = allowLocal ? undefined : localHost(target.hostname)
    if (local !== undefined) throw addressLocal(url, local)
    return target
  }

  async function patiently<Result>(url: string, ask: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask()
      } catch (error) {
        if (error instanceof LocalAddressError) throw addressLocal(url, error.address)
        if (BatchError.isInstance(error)) throw error
        if (attempt === mostAttempts) throw attachmentNotFound(url, reasonOf(error), error)
        const wait = { ...backoff, random: clock.random, retryAfterMs: undefined }
        await clock.sleep(retryDelay(attempt, wait))
      }
    }
  }
}

function agentOptions(allowLocal: boolean): Agent.Options {
  return {
    connections: 8,
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
    connect: { timeout: patienceMs, ...(!allowLocal && { lookup: guardedLookup() }) },
  }
}

/** A name that cannot be looked up here is left to the proxy. */
async function checkLookedUp(hostname: string, url: string): Promise<void> {
  const addresses = await dns.lookup(hostname, { all: true }).catch(() => [])
  const local = addresses.find(({ address }) => !isPublicAddress(address))
  if (local !== undefined) throw addressLocal(url, local.address)
}

/** @throws a plain error for a status that may be another in a moment. */
function good(url: string, reply: Reply): Reply {
  const { statusCode, body } = reply
  if (statusCode >= 200 && statusCode < 300) return reply
  // The rest is not wanted. Its destruction emits an error.
  body.on('error', () => {}).destroy()
  const reason = `the server says HTTP ${statusCode}`
  const isPassing = statusCode === 408 || statusCode === 429 || statusCode >= 500
  throw isPassing ? new Error(reason) : attachmentNotFound(url, reason)
}

function typeOf(headers: Reply['headers']): string {
  const [type = ''] = String(headers['content-type'] ?? '').split(';')
  const name = type.trim().toLowerCase()
  return typeNames[name] ?? name
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return message || code || String(error)
}
