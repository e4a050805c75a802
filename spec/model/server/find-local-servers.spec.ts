import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../../lib/host/system-clock.js'
import { listedLine, listModels } from '../../../lib/model/list-models.js'
import { findLocalServers } from '../../../lib/model/server/find-local-servers.js'

describe('findLocalServers', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close()
      server.closeAllConnections()
    }
  })

  async function serve(status: number, body: string): Promise<string> {
    const server = createServer((_request, response) => response.writeHead(status).end(body))
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  }

  it('tells which servers run, and which models they have', async () => {
    const OLLAMA_BASE_URL = await serve(200, '{"data": [{"id": "llama3.2"}, {"id": "qwen3:4b"}]}')
    const LMSTUDIO_BASE_URL = await serve(401, '{"error": "no key"}')
    const LLAMACPP_BASE_URL = 'http://127.0.0.1:9/v1'

    const found = await findLocalServers(
      { OLLAMA_BASE_URL, LMSTUDIO_BASE_URL, LLAMACPP_BASE_URL },
      systemClock,
    )

    expect(found.map(({ provider, models }) => [provider.name, models])).toEqual([
      ['ollama', ['llama3.2', 'qwen3:4b']],
      ['lmstudio', []],
      ['llamacpp', undefined],
    ])
    const names = { aliases: new Map(), extraModels: [], ggufModels: [] }
    const lines = listModels(names, found).map(listedLine)
    expect(lines.slice(-3 - 1)).toEqual([
      'Ollama: ollama/llama3.2',
      'Ollama: ollama/qwen3:4b',
      `LM Studio: lmstudio/NAME (running at ${LMSTUDIO_BASE_URL})`,
      'llama.cpp: llamacpp/NAME (nothing listens at http://127.0.0.1:9/v1)',
    ])
  })

  it.each([
    ['HTML', '<p>hi'],
    ['an object without models', '{}'],
    ['another form', '{"data": [{"name": "x"}, 7]}'],
    ['null', 'null'],
  ])('reads a reply of %s as a server that lists no models', async (_what, body) => {
    const OLLAMA_BASE_URL = await serve(200, body)

    const [ollama] = await findLocalServers({ OLLAMA_BASE_URL }, systemClock)

    expect(ollama?.models).toEqual([])
  })
})
