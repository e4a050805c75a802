import type { TransportReply } from '../../../lib/model/transport/exchange.js'
import { rejectOnAbort } from '../../../lib/model/transport/reject-on-abort.js'
import {
  openTransport,
  type Transport,
  type TransportRequest,
} from '../../../lib/model/transport/undici-transport.js'
import { faults, type StubServer, startStubServer } from '../../support/stub-server.js'

const request = (text: string) => ({
  path: '/v1/chat/completions',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }),
})
const never = new AbortController().signal
const post = (transport: Transport, what: TransportRequest, signal = never) =>
  rejectOnAbort<TransportReply>(signal, (replied, lost) => transport.send(what, { replied, lost }))

describe('openTransport', () => {
  let server: StubServer
  const open = (connections: number) =>
    openTransport({ origin: new URL(server.url).origin, connections, environment: {} })
  afterEach(() => server.close())

  it('returns complete replies of every status, with headers by lower-case name', async () => {
    server = await startStubServer({ fault: () => faults.openrouterLimited(5) })
    const transport = open(1)
    const reply = await post(transport, request('Hi'))
    await transport.close()

    expect(reply.status).toBe(429)
    expect(reply.headers['x-ratelimit-remaining']).toBe('0')
    expect(JSON.parse(reply.body.toString())).toHaveProperty('error')
  })

  it('joins the pieces of a long reply', async () => {
    const text = 'é🙂'.repeat(200_000)
    server = await startStubServer({ answer: () => text })
    const transport = open(1)
    const { body } = await post(transport, request('Hi'))
    await transport.close()

    expect(JSON.parse(body.toString()).choices[0].message.content).toBe(text)
  })

  it('can break off a call that waits for a socket, and goes on using the socket', async () => {
    server = await startStubServer()
    server.hold()
    const transport = open(1)
    const first = post(transport, request('first'))
    await server.arrived(1)
    const aborter = new AbortController()
    const waiting = post(transport, request('given up'), aborter.signal)
    aborter.abort(new Error('enough'))

    await expect(waiting).rejects.toThrow('enough')
    server.release()
    expect((await first).status).toBe(200)
    expect((await post(transport, request('third'))).status).toBe(200)
    expect([...server.calls.keys()]).toEqual(['first', 'third'])
    expect(server.connectionCount()).toBe(1)
    await transport.close()
  })

  it('rejects with the signal’s reason, also if it is not an error', async () => {
    server = await startStubServer({ fault: () => faults.hang })
    const transport = open(1)
    const aborter = new AbortController()
    const call = post(transport, request('Hi'), aborter.signal)
    await server.arrived(1)
    aborter.abort('just a word')

    await expect(call).rejects.toBe('just a word')
    await server.idle()
    await transport.close()
  })

  it('decodes the headers of a good reply only if one is about limits', async () => {
    let headers: Record<string, string> = { 'x-request-id': '1' }
    server = await startStubServer({
      fault: () => ({ kind: 'reply', status: 200, headers, body: {} }),
    })
    const transport = open(1)
    const plain = await post(transport, request('Hi'))
    headers = { 'X-RateLimit-Remaining-Requests': '9', 'x-request-id': '2' }
    const limited = await post(transport, request('Hi'))
    await transport.close()

    expect(plain.headers).toEqual({})
    expect(limited.headers).toMatchObject({
      'x-ratelimit-remaining-requests': '9',
      'x-request-id': '2',
    })
  })

  it('tells that a request cannot be sent, but not before send has returned', async () => {
    server = await startStubServer()
    const transport = open(1)
    const odd = { ...request('Hi'), headers: { 'x-odd': 'a\nb' } }
    const heard: unknown[] = []
    const lost = new Promise<void>(resolve => {
      transport.send(odd, {
        replied: reply => heard.push(reply),
        lost(error) {
          heard.push(error)
          resolve()
        },
      })
    })

    expect(heard).toEqual([])
    await lost
    expect(heard).toEqual([
      expect.objectContaining({ message: expect.stringContaining('invalid') }),
    ])
    await transport.close()
  })

  it('tells nothing about a request that is broken off while it fails', async () => {
    server = await startStubServer()
    const transport = open(2)
    const heard: unknown[] = []
    const tell = (what: unknown): void => void heard.push(what)
    const odd = { ...request('Hi'), headers: { 'x-odd': 'a\nb' } }
    transport.send(odd, { replied: tell, lost: tell }).breakOff(new Error('enough'))
    await post(transport, request('next'))

    expect(heard).toEqual([])
    await transport.close()
  })

  it('fails all requests in flight and later ones once it is closed', async () => {
    server = await startStubServer({ fault: () => faults.hang })
    const transport = open(1)
    const calls = [post(transport, request('sent')), post(transport, request('waiting'))]
    const ended = Promise.allSettled(calls)
    await server.arrived(1)
    await transport.close()

    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(post(transport, request('late'))).rejects.toThrow('destroyed')
  })
})
