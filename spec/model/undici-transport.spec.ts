import { openTransport } from '../../lib/model/undici-transport.js'
import { faults, type StubServer, startStubServer } from '../support/stub-server.js'

const request = (text: string) => ({
  path: '/v1/chat/completions',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }),
})
const never = new AbortController().signal

describe('openTransport', () => {
  let server: StubServer
  const open = (connections: number) =>
    openTransport({ origin: new URL(server.url).origin, connections, environment: {} })
  afterEach(() => server.close())

  it('gives replies of every status whole, with headers by lower-case name', async () => {
    server = await startStubServer({ fault: () => faults.openrouterLimited(5) })
    const transport = open(1)
    const reply = await transport.post(request('Hi'), never)
    await transport.close()

    expect(reply.status).toBe(429)
    expect(reply.headers['x-ratelimit-remaining']).toBe('0')
    expect(JSON.parse(reply.body.toString())).toHaveProperty('error')
  })

  it('puts a long reply together from its pieces', async () => {
    const text = 'é🙂'.repeat(200_000)
    server = await startStubServer({ answer: () => text })
    const transport = open(1)
    const { body } = await transport.post(request('Hi'), never)
    await transport.close()

    expect(JSON.parse(body.toString()).choices[0].message.content).toBe(text)
  })

  it('lets a call that waits for a socket be given up, and the socket go on', async () => {
    server = await startStubServer()
    server.hold()
    const transport = open(1)
    const first = transport.post(request('first'), never)
    await server.arrived(1)
    const aborter = new AbortController()
    const waiting = transport.post(request('given up'), aborter.signal)
    aborter.abort(new Error('enough'))

    await expect(waiting).rejects.toThrow('enough')
    server.release()
    expect((await first).status).toBe(200)
    expect((await transport.post(request('third'), never)).status).toBe(200)
    expect([...server.calls.keys()]).toEqual(['first', 'third'])
    expect(server.connectionCount()).toBe(1)
    await transport.close()
  })

  it('rejects with a reason that is no error, as the signal has it', async () => {
    server = await startStubServer({ fault: () => faults.hang })
    const transport = open(1)
    const aborter = new AbortController()
    const call = transport.post(request('Hi'), aborter.signal)
    await server.arrived(1)
    aborter.abort('just a word')

    await expect(call).rejects.toBe('just a word')
    await server.idle()
    await transport.close()
  })

  it('rejects for a header that cannot be sent, as for any request that cannot', async () => {
    server = await startStubServer()
    const transport = open(1)
    const odd = { ...request('Hi'), headers: { 'x-odd': 'a\nb' } }

    await expect(transport.post(odd, never)).rejects.toThrow('invalid')
    await transport.close()
  })
})
