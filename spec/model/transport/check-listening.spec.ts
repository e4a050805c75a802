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

  it('does not check a server on another machine', async () => {
    const baseUrl = 'http://model.invalid:1/v1'

    await expect(checkListening({ ...provider, baseUrl })).resolves.toBeUndefined()
  })
})
