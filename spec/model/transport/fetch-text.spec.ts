import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { fetchText } from '../../../lib/model/transport/fetch-text.js'
import { fakeClock } from '../../support/fake-clock.js'

describe('fetchText', () => {
  let server: Server
  let origin: string
  let answer: (path: string, response: ServerResponse) => void
  const headers: unknown[] = []

  beforeEach(async () => {
    server = createServer((request, response) => {
      headers.push(request.headers)
      answer(request.url ?? '', response)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => {
    server.closeAllConnections()
    return new Promise<void>(resolve => void server.close(() => resolve()))
  })

  const clock = fakeClock()
  const fetched = (path: string) => fetchText(`${origin}${path}`, { environment: {}, clock })
  const redirecting = (times: number) => (path: string, response: ServerResponse) => {
    const count = Number(path.slice(1))
    if (count >= times) response.end('there')
    else response.writeHead(302, { location: `/${count + 1}` }).end()
  }

  it.each([
    [
      'a status',
      () => (_path: string, response: ServerResponse) => response.writeHead(404).end('x'),
      'the server says HTTP 404',
    ],
    ['a fourth redirect', () => redirecting(4), 'the server says HTTP 302'],
    [
      'more than 10 MB',
      () => (_path: string, response: ServerResponse) => response.end(Buffer.alloc(10_000_001)),
      'it has more than 10 MB',
    ],
    ['a broken reply', () => (_path: string, response: ServerResponse) => response.destroy(), ''],
  ])('refuses %s', async (_what, answering, reason) => {
    answer = answering()

    await expect(fetched('/0')).rejects.toMatchObject({
      code: 'FRAGMENT_NOT_FOUND',
      reach: 'run',
      message: expect.stringContaining(`could not be fetched: ${reason}`),
    })
  })

  it('refuses what is not a URL, and a server that takes too long', async () => {
    await expect(fetchText('http://', { environment: {}, clock })).rejects.toMatchObject({
      code: 'FRAGMENT_NOT_FOUND',
    })
    answer = () => {}
    const fetching = fetched('/slow')
    fetching.catch(() => undefined)
    await clock.advance(30_000)

    await expect(fetching).rejects.toThrow('it took more than 30 seconds')
  })

  it('asks a server elsewhere through the proxy of the environment', async () => {
    const asked: (string | undefined)[] = []
    answer = (path, response) => response.end(`at ${path}`)
    server.on('connect', (request, socket) => {
      asked.push(request.url)
      const far = connect(Number(new URL(origin).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        far.pipe(socket).pipe(far)
      })
      for (const end of [socket, far]) end.on('error', () => {})
    })
    const environment = { HTTP_PROXY: origin }

    expect(await fetchText('http://files.example.invalid/a', { environment, clock })).toBe('at /a')
    expect(asked).toEqual(['files.example.invalid:80'])
  })

  it('says why nobody answers at any address of a name', async () => {
    const closed = createServer()
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise(resolve => closed.close(resolve))

    await expect(
      fetchText(`http://localhost:${port}/`, { environment: {}, clock }),
    ).rejects.toThrow('ECONNREFUSED')
  })

  it('follows three redirects, and says who asks', async () => {
    answer = redirecting(3)

    expect(await fetched('/0')).toBe('there')
    expect(headers.at(-1)).toMatchObject({ 'user-agent': expect.stringMatching(/^llm-batch/) })
  })

  it('reads the charset of the reply, else UTF-8, and keeps every character', async () => {
    answer = (path, response) => {
      if (path === '/utf-8') response.end('\ufeffé\r\n')
      else
        response
          .writeHead(200, { 'content-type': 'text/plain; charset=ISO-8859-1' })
          .end(Buffer.from([0xe9]))
    }

    expect(await fetched('/utf-8')).toBe('\ufeffé\r\n')
    expect(await fetched('/latin')).toBe('é')
  })
})
