import { checkListening } from '../../../lib/model/transport/check-listening.js'
import { startStubServer } from '../../support/stub-server.js'

const provider = { providerTitle: 'Ollama', pointer: 'OLLAMA_BASE_URL' }

describe('checkListening', () => {
  it('is content with a server that is there', async () => {
    const server = await startStubServer()

    await expect(checkListening({ ...provider, baseUrl: server.url })).resolves.toBeUndefined()

    await server.close()
  })

  it.each(['127.0.0.1', 'localhost'])('says so when nothing listens at %s', async host => {
    const server = await startStubServer()
    const { port } = new URL(server.url)
    await server.close()

    const baseUrl = `http://${host}:${port}/v1`

    await expect(checkListening({ ...provider, baseUrl })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'run',
      message: `Nothing listens at ${host}:${port}, where Ollama is to be asked`,
      remedy: 'Start it, or point OLLAMA_BASE_URL to where it is.',
    })
  })

  it('does not look at a server elsewhere', async () => {
    const baseUrl = 'http://model.invalid:1/v1'

    await expect(checkListening({ ...provider, baseUrl })).resolves.toBeUndefined()
  })
})
