import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { type DownloadFileOptions, downloadFile } from '../../../lib/model/gguf/download-file.js'
import { startClosingServer } from '../../support/closing-server.js'
import { fastClock } from '../../support/fast-clock.js'
import {
  type FileFault,
  type FileRequest,
  type FileServer,
  type FileServerOptions,
  startFileServer,
} from '../../support/file-server.js'
import { until } from '../../support/until.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251))
const sha256 = createHash('sha256').update(content).digest('hex')

describe('downloadFile', () => {
  let workdir: Workdir
  let server: FileServer | undefined
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(async () => {
    await server?.close()
    server = undefined
    await workdir.remove()
  })

  const path = () => workdir.join('models/a.gguf')
  const partial = () => `${path()}.partial`

  async function download(
    serving: Partial<FileServerOptions> = {},
    changes: Partial<DownloadFileOptions> = {},
  ): Promise<'fetched' | 'there'> {
    if (server === undefined || Object.keys(serving).length > 0) {
      await server?.close()
      server = await startFileServer({ content, ...serving })
    }
    return downloadFile({
      url: `${server.origin}/a.gguf`,
      path: path(),
      bytes: content.length,
      sha256,
      environment: {},
      clock: fastClock(),
      ...changes,
    })
  }

  it('downloads from a server that closes the connection before the disk has all', async () => {
    const closing = await startClosingServer(content)

    for (const _ of Array(10)) {
      await download({}, { url: `${closing.origin}/a.gguf` })
      await rm(path())
    }
    await closing.close()
  })

  it('downloads the file, and tells its progress', async () => {
    const seen: number[] = []

    expect(await download({}, { onProgress: done => seen.push(done) })).toBe('fetched')

    expect((await readFile(path())).equals(content)).toBe(true)
    expect(seen.at(-1)).toBe(content.length)
    expect(existsSync(partial())).toBe(false)
  })

  it('sends no request if the file exists', async () => {
    await workdir.write('models/a.gguf', content)

    expect(await download()).toBe('there')

    expect(server?.requests).toEqual([])
  })

  it('leaves a different file at the path unchanged, and says so', async () => {
    await workdir.write('models/a.gguf', 'something else')

    await expect(download()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: `${path()} is not the expected file: it has 14 bytes, not 300000`,
    })
    expect(await workdir.read('models/a.gguf')).toBe('something else')
  })

  it('goes on where the connection broke, as long as each attempt brings new bytes', async () => {
    const large = Buffer.concat(Array(10).fill(content))
    const whole = createHash('sha256').update(large).digest('hex')
    const placeOf = ({ range }: FileRequest) => Number(range?.slice(6, -1) ?? 0)
    const bytesKept = async () => (await stat(partial()).catch(() => undefined))?.size ?? 0
    const fault = (count: number, request: FileRequest): FileFault | undefined => {
      const hasMore = async () => (await bytesKept()) > placeOf(request)
      if (count > 6) return undefined
      return { kind: 'break', afterBytes: 400_000, until: () => until(hasMore) }
    }

    await download({ content: large, fault }, { bytes: large.length, sha256: whole })

    expect((await readFile(path())).equals(large)).toBe(true)
    const places = server?.requests.map(placeOf) ?? []
    expect(places).toHaveLength(7)
    expect(places).toEqual([...new Set(places)].sort((one, other) => one - other))
  })

  it('goes on where an earlier call stopped', async () => {
    await workdir.write('models/a.gguf.partial', content.subarray(0, 123_456))

    await download()

    expect((await readFile(path())).equals(content)).toBe(true)
    expect(server?.requests).toEqual([{ method: 'GET', path: '/a.gguf', range: 'bytes=123456-' }])
  })

  it('starts again if the server sends no parts of a file', async () => {
    await workdir.write('models/a.gguf.partial', content.subarray(0, 123_456))

    await download({ hasRanges: false })

    expect((await readFile(path())).equals(content)).toBe(true)
  })

  it('starts again if the partial file is longer than the file', async () => {
    await workdir.write('models/a.gguf.partial', Buffer.concat([content, content]))

    await download()

    expect((await readFile(path())).equals(content)).toBe(true)
  })

  it('deletes a wrong partial file, so that the next call succeeds', async () => {
    await workdir.write('models/a.gguf.partial', Buffer.alloc(1000))

    await expect(download()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('its SHA-256 is different'),
    })
    expect(existsSync(path())).toBe(false)

    await download()
    expect((await readFile(path())).equals(content)).toBe(true)
  })

  it('follows a redirect', async () => {
    await download({ fault: count => (count === 1 ? { kind: 'redirect' } : undefined) })

    expect(server?.requests.map(({ path: asked }) => asked)).toEqual(['/a.gguf', '/stored'])
    expect((await readFile(path())).equals(content)).toBe(true)
  })

  it('tries again after a passing error', async () => {
    await download({ fault: count => (count < 3 ? { kind: 'status', status: 503 } : undefined) })

    expect((await readFile(path())).equals(content)).toBe(true)
  })

  it.each([401, 403, 404])('fails at once with HTTP %i', async status => {
    server = await startFileServer({ content, fault: () => ({ kind: 'status', status }) })

    await expect(download()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      reach: 'run',
      message: `Could not download ${server.origin}/a.gguf: the server says HTTP ${status}`,
    })
    expect(server.requests).toHaveLength(1)
  })

  it('fails if no server answers', async () => {
    server = await startFileServer({ content })
    const { origin } = server
    await server.close()

    await expect(download()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining(`Could not download ${origin}/a.gguf: connect ECONNREFUSED`),
    })
  })

  it('stops when more bytes come than the file has', async () => {
    await expect(download({}, { bytes: 1000 })).rejects.toMatchObject({
      message: expect.stringContaining("the server's file has 300000 bytes, not 1000"),
    })
    await expect(download({ hasLength: false }, { bytes: 1000 })).rejects.toMatchObject({
      message: expect.stringContaining('it is longer than 1000 bytes'),
    })
    expect(existsSync(path())).toBe(false)
  })

  it('fails if the file always ends too early', async () => {
    const told = download({ hasLength: false }, { bytes: 400_000 })

    await expect(told).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/HTTP 416|broke off after 300000 of 400000 bytes/),
    })
  })
})
