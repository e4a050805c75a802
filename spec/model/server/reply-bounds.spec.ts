import { setMaxListeners } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { TransportReply } from '../../../lib/model/transport/exchange.js'
import { rejectOnAbort } from '../../../lib/model/transport/reject-on-abort.js'
import { openTransport } from '../../../lib/model/transport/undici-transport.js'
import { until } from '../../support/until.js'

const never = new AbortController().signal
setMaxListeners(0, never)
const maxReplyMb = 3
const maxReplyBytes = 3_000_000

describe('a reply', () => {
  let server: Server
  let respond: RequestListener
  /** Bytes that the server has got rid of. */
  let sent: number
  let isClosed: boolean
  beforeAll(async () => {
    server = createServer((request, response) => respond(request, response))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  beforeEach(() => {
    sent = 0
    isClosed = false
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const open = (connections = 1) => {
    const { port } = server.address() as AddressInfo
    const origin = `http://127.0.0.1:${port}`
    return openTransport({ origin, connections, maxReplyMb, environment: {} })
  }
  async function call(transport = open()): Promise<TransportReply> {
    const request = { path: '/', headers: {}, body: '{}' }
    return rejectOnAbort<TransportReply>(never, (replied, lost) =>
      transport.send(request, { replied, lost }),
    )
  }
  const endless =
    (status: number, beginning = ''): RequestListener =>
    (_request, response) => {
      response.writeHead(status).write(beginning)
      response.once('close', () => {
        isClosed = true
      })
      const piece = Buffer.alloc(100_000, 'a')
      const more = (): void => {
        if (response.destroyed) return
        sent += piece.length
        response.write(piece, more)
      }
      more()
    }

  it('that does not end is ended at the limit, and its connection is closed', async () => {
    respond = endless(200)
    const transport = open()
    await expect(call(transport)).rejects.toMatchObject({
      code: 'REPLY_TOO_LARGE',
      message: 'it is longer than 3 MB',
    })
    await until(() => isClosed)
    // What lies in the sockets is sent and not read.
    expect(sent).toBeLessThan(maxReplyBytes + 20_000_000)
    await transport.close()
  })

  it('with an error status that does not end is cut, and its beginning is quoted', async () => {
    respond = endless(401, '{"error": {"message": "No such key.", "rest": "')
    const { status, body } = await call()
    await until(() => isClosed)

    expect(status).toBe(401)
    expect(body.slice(0, 40)).toBe('{"error": {"message": "No such key.", "r')
    expect(body.length).toBeLessThan(2_000_000)
  })

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['BR', brotliCompressSync],
  ])('that is compressed with %s is decoded', async (coding, compress) => {
    const text = '{"answer": "é🙂"}'
    respond = (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': coding }).end(compress(Buffer.from(text)))
    expect((await call()).body).toBe(text)
  })

  it('that is compressed and not complete is decoded as far as it came', async () => {
    const body = gzipSync(Buffer.from('{"error": {"message": "Cut"}}')).subarray(0, -8)
    respond = (_request, response) =>
      response.writeHead(500, { 'content-encoding': 'gzip' }).end(body)
    expect((await call()).body).toContain('"Cut"')
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('that is larger than the limit after decoding %s is refused', async (coding, compress) => {
    const bomb = compress(Buffer.alloc(maxReplyBytes + 1))
    expect(bomb.length).toBeLessThan(10_000)
    respond = (_request, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(bomb)
    await expect(call()).rejects.toMatchObject({ code: 'REPLY_TOO_LARGE' })
  })

  it('with an error status that is larger than the limit after decoding keeps its status', async () => {
    const bomb = gzipSync(Buffer.alloc(maxReplyBytes + 1))
    respond = (_request, response) =>
      response.writeHead(402, { 'content-encoding': 'gzip' }).end(bomb)
    expect(await call()).toMatchObject({ status: 402, body: '' })
  })

  it.each(['identity', 'zstd', 'gzip'])(
    'is given as it is where it says %s and is not',
    async coding => {
      respond = (_request, response) =>
        response.writeHead(200, { 'content-encoding': coding }).end('{"plain": true}')
      expect((await call()).body).toBe('{"plain": true}')
    },
  )

  it('that is large waits while others are read, and all are read at last', async () => {
    const large = Buffer.alloc(2_500_000, 'a')
    respond = (_request, response) => response.end(large)
    const transport = open(20)
    const replies = await Promise.all(Array.from({ length: 20 }, () => call(transport)))
    expect(replies.map(({ body }) => body.length)).toEqual(Array(20).fill(large.length))
    await transport.close()
  })

  it('that is large waits while there is no room, and tells its listener', async () => {
    const large = Buffer.alloc(2_500_000, 'a')
    respond = (_request, response) => response.end(large)
    const transport = open()
    const heard: string[] = []
    let isRoom = false
    let onFree = (): void => {}
    transport.heed({
      hasRoom: () => isRoom,
      onFree(listener) {
        onFree = listener
      },
    })
    const request = { path: '/', headers: {}, body: '{}' }
    transport.send(request, {
      replied: ({ body }) => heard.push(`replied ${body.length}`),
      lost: error => heard.push(`lost: ${error}`),
      held: () => heard.push('held'),
      goesOn: () => heard.push('goes on'),
    })
    await until(() => heard.length > 0)
    onFree()
    expect(heard).toEqual(['held'])

    isRoom = true
    onFree()
    await until(() => heard.length === 3)

    expect(heard).toEqual(['held', 'goes on', 'replied 2500000'])
    await transport.close()
  })

  it('that is large and broken off lets the next reply go on', async () => {
    let requests = 0
    respond = (request, response) => {
      requests += 1
      if (requests <= 4) response.write(Buffer.alloc(2_000_000, 'a'))
      else response.end(Buffer.alloc(2_000_000, 'b'))
      request.resume()
    }
    const transport = open(5)
    const heard: string[] = []
    const tell = (what: unknown): void => void heard.push(String(what))
    const request = { path: '/', headers: {}, body: '{}' }
    const stuck = Array.from({ length: 4 }, () =>
      transport.send(request, { replied: tell, lost: tell }),
    )
    await until(() => requests === 4)
    const fifth = call(transport)
    await until(() => requests === 5)
    for (const exchange of stuck) exchange.breakOff(new Error('timed out'))

    expect((await fifth).body.length).toBe(2_000_000)
    expect(heard).toEqual([])
    await transport.close()
  })
})
