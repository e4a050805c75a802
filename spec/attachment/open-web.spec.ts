import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { openWeb, type Web } from '../../lib/attachment/open-web.js'
import { fastClock } from '../support/fast-clock.js'
import { type FileServer, type FileServerOptions, startFileServer } from '../support/file-server.js'
import { smallFiles } from '../support/small-files.js'

const noProxies = { httpProxy: '', httpsProxy: '', noProxy: '' }
const settings = {
  ...{ proxies: noProxies, userAgent: 'spec', mostBytes: 100_000 },
  clock: fastClock(),
}

describe('openWeb', () => {
  let server: FileServer
  let web: Web
  afterEach(async () => {
    await web.close()
    await server.close()
  })

  async function serve(
    options: Partial<FileServerOptions> = {},
    { allowLocal = true, proxies = noProxies } = {},
  ): Promise<string> {
    server = await startFileServer({ content: smallFiles.png, type: 'image/png', ...options })
    web = openWeb({ ...settings, proxies, allowLocal })
    return `${server.origin}/a.png`
  }

  const methods = () => server.requests.map(({ method }) => method)

  it('asks with HEAD for the type and the size, and loads with GET', async () => {
    const url = await serve({ type: 'IMAGE/PNG; charset=binary' })

    expect(await web.look(url)).toEqual({ type: 'image/png', bytes: smallFiles.png.length })
    expect(methods()).toEqual(['HEAD'])
    expect((await web.load(url)).equals(smallFiles.png)).toBe(true)
  })

  it.each([
    ['image/jpg', 'image/jpeg'],
    ['audio/x-wav', 'audio/wav'],
    ['application/x-pdf', 'application/pdf'],
  ])('knows the other name %s', async (told, type) => {
    expect(await lookAt({ type: told })).toMatchObject({ type })
  })

  it.each<[what: string, options: Partial<FileServerOptions>]>([
    ['says nothing of the type', { type: undefined as never }],
    ['says application/octet-stream', { type: 'application/octet-stream' }],
    [
      'refuses HEAD',
      {
        type: 'binary/octet-stream',
        fault: (_n, { method }) =>
          method === 'HEAD' ? { kind: 'status', status: 403 } : undefined,
      },
    ],
  ])('looks at the first bytes if the server %s', async (_what, options) => {
    expect(await lookAt(options)).toMatchObject({ type: 'image/png' })
    expect(methods()).toEqual(['HEAD', 'GET'])
  })

  it('takes the type that only GET tells', async () => {
    const fault: FileServerOptions['fault'] = (_n, { method }) =>
      method === 'HEAD' ? { kind: 'status', status: 405 } : undefined

    expect(await lookAt({ type: 'text/x-told', hasLength: false, fault })).toEqual({
      ...{ type: 'text/x-told', bytes: undefined },
    })
    expect(methods()).toEqual(['HEAD', 'GET'])
  })

  it('refuses a file whose type nothing tells', async () => {
    await expect(lookAt({ content: smallFiles.zip, type: '' })).rejects.toMatchObject({
      code: 'ATTACHMENT_INVALID',
      message: expect.stringMatching(/type of the attachment .* is not known/),
    })
  })

  it('reads only the beginning of a large file for its type', async () => {
    const content = Buffer.concat([smallFiles.png, Buffer.alloc(90_000)])

    expect(await lookAt({ content, type: '' })).toEqual({
      ...{ type: 'image/png', bytes: content.length },
    })
  })

  it('follows three redirects, and no more', async () => {
    const url = await serve({
      fault: number => (number <= 3 ? { kind: 'redirect' } : undefined),
    })
    expect((await web.load(url)).equals(smallFiles.png)).toBe(true)
    expect(server.requests).toHaveLength(4)
    await web.close()
    await server.close()

    const endless = await serve({ fault: () => ({ kind: 'redirect' }) })
    await expect(web.load(endless)).rejects.toMatchObject({
      ...{ code: 'ATTACHMENT_NOT_FOUND', reach: 'row' },
      message: `The attachment ${endless} was not found: it has too many redirects`,
    })
    expect(server.requests).toHaveLength(4)
  })

  it.each([401, 403, 404, 410])(
    'does not ask again after HTTP %i, and names the URL',
    async status => {
      const url = await serve({ fault: () => ({ kind: 'status', status }) })

      await expect(web.load(url)).rejects.toMatchObject({
        ...{ code: 'ATTACHMENT_NOT_FOUND', reach: 'row' },
        message: `The attachment ${url} was not found: the server says HTTP ${status}`,
      })
      expect(server.requests).toHaveLength(1)
    },
  )

  it.each<[what: string, fault: FileServerOptions['fault']]>([
    ['HTTP 503', number => (number < 3 ? { kind: 'status', status: 503 } : undefined)],
    ['HTTP 429', number => (number < 3 ? { kind: 'status', status: 429 } : undefined)],
    ['a broken connection', number => (number < 3 ? { kind: 'break', afterBytes: 4 } : undefined)],
  ])('asks three times in all after %s', async (_what, fault) => {
    const url = await serve(fault === undefined ? {} : { fault })

    expect((await web.load(url)).equals(smallFiles.png)).toBe(true)
    expect(server.requests).toHaveLength(3)
  })

  it('gives up after three failures, with the reason', async () => {
    const url = await serve({ fault: () => ({ kind: 'status', status: 500 }) })

    await expect(web.load(url)).rejects.toThrow('the server says HTTP 500')
    expect(server.requests).toHaveLength(3)
  })

  it.each([true, false])(
    'refuses a file that is too large; says its length: %s',
    async hasLength => {
      const url = await serve({ content: Buffer.alloc(100_001), hasLength })

      await expect(web.load(url)).rejects.toMatchObject({
        ...{ code: 'ATTACHMENT_INVALID', reach: 'row' },
        message: `The attachment ${url} has more than 0.1 MB`,
      })
      if (hasLength)
        await expect(web.look(url)).rejects.toMatchObject({ code: 'ATTACHMENT_INVALID' })
    },
  )

  it('asks no local address, and says how to allow it', async () => {
    const url = await serve({}, { allowLocal: false })

    for (const ask of [() => web.look(url), () => web.load(url)]) {
      await expect(ask()).rejects.toMatchObject({
        ...{ code: 'ATTACHMENT_INVALID', reach: 'row' },
        message: `The attachment ${url} is at a local or private address (127.0.0.1)`,
        remedy: expect.stringContaining('--allow-local-urls'),
      })
    }
    expect(() => web.check(url)).toThrow('local or private address')
    expect(server.requests).toEqual([])
  })

  it.each(['ftp://files.example.com/a.png', 'file:///etc/passwd', 'http://', 'javascript://x'])(
    'refuses %s',
    async url => {
      await serve()
      await expect(web.look(url)).rejects.toMatchObject({ code: 'ATTACHMENT_NOT_FOUND' })
      expect(() => web.check(url)).toThrow('it is not an http(s) URL')
    },
  )

  it('refuses a redirect to another protocol', async () => {
    const url = await serve({ fault: () => ({ kind: 'redirect', to: 'file:///etc/passwd' }) })

    await expect(web.load(url)).rejects.toThrow('it is not an http(s) URL')
  })

  it('checks each redirect: a public name may not lead to a local address', async () => {
    await serve()
    const published = await startFileServer({
      content: smallFiles.png,
      fault: () => ({ kind: 'redirect', to: `${server.origin}/secret` }),
    })
    const proxy = await startProxy(published.origin)
    const url = 'http://files.example.invalid/a.png'
    const outside = openWeb({
      ...{ ...settings, allowLocal: false },
      proxies: { ...noProxies, httpProxy: proxy.origin },
    })

    await expect(outside.load(url)).rejects.toMatchObject({
      message: `The attachment ${url} is at a local or private address (127.0.0.1)`,
    })
    expect(published.requests).toHaveLength(1)
    expect(server.requests).toEqual([])
    await outside.close()
    await proxy.close()
    await published.close()
  })

  async function lookAt(options: Partial<FileServerOptions>) {
    return serve(options).then(url => web.look(url))
  }
})

/** A proxy that stands for the Internet: whatever name is asked for, one server answers. */
async function startProxy(origin: string) {
  const proxy = createServer()
  proxy.on('connect', (_request, socket: Duplex) => {
    const { hostname, port } = new URL(origin)
    const server = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      server.pipe(socket).pipe(server)
    })
    for (const end of [socket, server]) end.on('error', () => {})
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => new Promise(resolve => proxy.close(resolve)),
  }
}
