import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { checkListening } from '../../../lib/model/transport/check-listening.js'
import { startStubServer } from '../../support/stub-server.js'

const provider = { providerTitle: 'Ollama', setting: 'OLLAMA_BASE_URL' }

describe('checkListening', () => {
  it('accepts a server that listens', async () => {
    const server = await startStubServer()

    await expect(checkListening({ ...provider, baseUrl: server.url })).resolves.toBeUndefined()

    await server.close()
  })

  it.each(['127.0.0.1', 'localhost'])('tells if nothing listens at %s', async host => {
    const server = await startStubServer()
    const { port } = new URL(server.url)
    await server.close()

    const baseUrl = `http://${host}:${port}/v1`

    await expect(checkListening({ ...provider, baseUrl })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'run',
      message: `Nothing listens at ${host}:${port}, the address of Ollama`,
      remedy: 'Start the server, or set OLLAMA_BASE_URL to its address.',
    })
  })

  it('tells if a host name is not known', async () => {
    const baseUrl = 'http://model.invalid:1/v1'

    await expect(checkListening({ ...provider, baseUrl })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'run',
      message: 'The host model.invalid, the address of Ollama, is not known',
      remedy: expect.stringContaining('OLLAMA_BASE_URL'),
    })
  })

  it('leaves names to a proxy', async () => {
    const baseUrl = 'http://model.invalid:1/v1'
    const environment = { HTTP_PROXY: 'host:1' }

    await expect(checkListening({ ...provider, baseUrl, environment })).resolves.toBeUndefined()
  })

  it('tells if a port speaks http, and the address says https', async () => {
    const server = await startStubServer()
    const baseUrl = server.url.replace('http:', 'https:')

    await expect(checkListening({ ...provider, baseUrl })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'run',
      message: expect.stringContaining('does not speak https'),
      remedy: 'Set OLLAMA_BASE_URL to the address with http://.',
    })

    await server.close()
  })

  it('asks nothing of an address in the network without a port, or without https', async () => {
    const environment = {}
    for (const baseUrl of ['http://192.0.2.1:9/v1', 'https://192.0.2.1/v1']) {
      const checked = checkListening({ ...provider, baseUrl, environment, timeoutMs: 1 })
      await expect(checked).resolves.toBeUndefined()
    }
  })

  it('leaves a fault of the connection that may pass to the calls', async () => {
    const connections: unknown[] = []
    const server = createServer(socket => {
      connections.push(socket.remoteAddress)
      socket.destroy()
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`

    await expect(checkListening({ ...provider, baseUrl })).resolves.toBeUndefined()
    expect(connections).toHaveLength(1)

    server.close()
  })
})
