import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Agent, type Dispatcher, EnvHttpProxyAgent, interceptors } from 'undici'
import { makeFolder } from '../../disk/make-folder.js'
import { BatchError, runError } from '../../error/batch-error.js'
import type { Clock } from '../../port/clock.js'
import { retryDelay } from '../../throttle/retry-delay.js'
import { isThisMachine, proxySettings } from '../transport/proxy-settings.js'
import { userAgent } from '../transport/user-agent.js'

export interface DownloadFileOptions {
  readonly url: string
  /** Path of the whole file. Until then, the file is at `PATH.partial`. */
  readonly path: string
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
  /** For the proxy variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Called with the bytes so far, also those of earlier calls. */
  readonly onProgress?: ((bytesDone: number) => void) | undefined
}

/** Attempts without a further byte before the download fails. */
const mostAttempts = 4
const backoff = { baseMs: 500, ceilingMs: 8_000 }

/**
 * Downloads a file with a known size and hash. Continues where an earlier attempt, also of another
 * process, broke off. Only the whole, right file ever gets to `path`.
 *
 * @returns whether the file was here already.
 * @throws {BatchError} DOWNLOAD_FAILED, reach run. Received bytes stay, unless they are wrong.
 */
export async function downloadFile(options: DownloadFileOptions): Promise<'fetched' | 'there'> {
  const { path, bytes } = options
  if ((await sizeOf(path)) !== undefined) {
    await checkFile(path, options)
    return 'there'
  }
  await makeFolder(dirname(path))
  const partial = `${path}.partial`
  const dispatcher = openDispatcher(options)
  try {
    await fetchInto(partial, { ...options, dispatcher })
  } finally {
    await dispatcher.destroy()
  }
  await checkFile(partial, options).catch(async error => {
    await rm(partial, { force: true })
    throw error
  })
  options.onProgress?.(bytes)
  await rename(partial, path)
  return 'fetched'
}

type FetchOptions = DownloadFileOptions & { readonly dispatcher: Dispatcher }

async function fetchInto(partial: string, options: FetchOptions): Promise<void> {
  const { bytes, clock } = options
  let furthest = 0
  for (let attempts = 1; ; attempts += 1) {
    const before = (await sizeOf(partial)) ?? 0
    if (before === bytes) return
    furthest = Math.max(furthest, before)
    try {
      await fetchRest(partial, before > bytes ? 0 : before, options)
    } catch (error) {
      if (BatchError.isInstance(error)) throw error
      const hasNewBytes = ((await sizeOf(partial)) ?? 0) > furthest
      if (hasNewBytes) attempts = 0
      else if (attempts >= mostAttempts) throw downloadFailed(options, reasonOf(error))
      const wait = { ...backoff, random: clock.random, retryAfterMs: undefined }
      await clock.sleep(retryDelay(Math.max(attempts, 1), wait))
    }
  }
}

async function fetchRest(partial: string, from: number, options: FetchOptions): Promise<void> {
  const { url, bytes, dispatcher, onProgress } = options
  const { origin, pathname, search } = new URL(url)
  const headers = { 'user-agent': userAgent, ...(from > 0 && { range: `bytes=${from}-` }) }
  const path = pathname + search
  // A body that may wait whole in memory pauses no connection. undici 7 breaks down if a server
  // closes a paused one (its issue 5360).
  const request = { origin, path, method: 'GET', headers, highWaterMark: bytes } as const
  const { statusCode, headers: received, body } = await dispatcher.request(request)
  if (statusCode !== 200 && statusCode !== 206) {
    await body.dump()
    // A file with another length starts again.
    if (statusCode === 416) await rm(partial, { force: true })
    const canRetry = statusCode === 416 || statusCode === 429 || statusCode >= 500
    if (canRetry) throw new Error(`the server says HTTP ${statusCode}`)
    throw downloadFailed(options, `the server says HTTP ${statusCode}`)
  }
  let done = statusCode === 206 ? from : 0
  const announced = received['content-length']
  if (announced !== undefined && done + Number(announced) !== bytes) {
    // The rest of the body is not wanted. Its destruction emits an error.
    body.on('error', () => {}).destroy()
    throw downloadFailed(
      options,
      `the server's file has ${done + Number(announced)} bytes, not ${bytes}`,
    )
  }
  const count = new Transform({
    transform(chunk: Buffer, _encoding, passed) {
      done += chunk.length
      if (done > bytes) return passed(downloadFailed(options, `it is longer than ${bytes} bytes`))
      onProgress?.(done)
      passed(null, chunk)
    },
  })
  const flags = done > 0 ? 'a' : 'w'
  await pipeline(body, count, createWriteStream(partial, { flags, mode: 0o600 }))
  if (done < bytes) throw new Error(`it broke off after ${done} of ${bytes} bytes`)
}

async function checkFile(path: string, options: DownloadFileOptions): Promise<void> {
  const size = await sizeOf(path)
  if (size !== options.bytes) throw wrongFile(path, `it has ${size} bytes, not ${options.bytes}`)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  if (hash.digest('hex') !== options.sha256) throw wrongFile(path, 'its SHA-256 is different')
}

function openDispatcher({ url, environment }: DownloadFileOptions): Dispatcher {
  const isHere = isThisMachine(new URL(url).origin)
  const agent = isHere ? new Agent() : new EnvHttpProxyAgent(proxySettings(environment))
  return agent.compose(interceptors.redirect({ maxRedirections: 5 }))
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch {
    return undefined
  }
}

function downloadFailed({ url }: DownloadFileOptions, reason: string): BatchError {
  return runError('DOWNLOAD_FAILED', `Could not download ${url}: ${reason}`)
}

function wrongFile(path: string, reason: string): BatchError {
  return runError(
    'DOWNLOAD_FAILED',
    `${path} is not the expected file: ${reason}`,
    'Move the file away, then download it again.',
  )
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return message || code || String(error)
}
