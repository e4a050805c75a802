import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { systemClock } from '../../../lib/host/system-clock.js'
import { callLost } from '../../../lib/model/error-reply/call-errors.js'
import { findLocalServers } from '../../../lib/model/server/find-local-servers.js'
import { checkListening } from '../../../lib/model/transport/check-listening.js'
import { openTransport } from '../../../lib/model/transport/undici-transport.js'

const endpoint = {
  provider: 'openai',
  providerTitle: 'OpenAI',
  modelName: 'gpt-4o',
  baseUrl: 'https://host.test/v1',
  keyName: 'openai',
  key: undefined,
  isLocal: false,
}

describe('every wait', () => {
  const cleanups: Array<() => void> = []
  afterEach(() => {
    for (const cleanUp of cleanups.splice(0)) cleanUp()
  })

  async function listen(server: Server): Promise<number> {
    const sockets = new Set<Socket>()
    server.on('connection', socket => sockets.add(socket))
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  it('has a limit for a proxy that never answers', async () => {
    const port = await listen(createServer(socket => socket.resume()))
    const transport = openTransport({
      origin: 'https://host.test',
      connections: 1,
      connectTimeoutMs: 300,
      environment: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
    })
    cleanups.push(() => void transport.close())
    const error = await new Promise<Error>((resolve, reject) => {
      transport.send({ path: '/v1', headers: {}, body: '{}' }, { replied: reject, lost: resolve })
    })
    expect(callLost(error, endpoint, false)).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: 'Connection to host.test failed: the proxy gave no answer',
    })
  })

  it.each(['http://host.test', 'https://host.test'])(
    'has a limit before a proxy that lets a connection to %s stand still',
    async origin => {
      const isSecure = origin.startsWith('https')
      const proxy = createServer(socket =>
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          if (!isSecure) socket.once('data', () => socket.destroy())
        }),
      )
      const port = await listen(proxy)
      const url = `http://127.0.0.1:${port}`
      const transport = openTransport({
        origin,
        connections: 1,
        connectTimeoutMs: 300,
        environment: { HTTPS_PROXY: url, HTTP_PROXY: url },
      })
      cleanups.push(() => void transport.close())
      const error = await new Promise<Error>((resolve, reject) => {
        transport.send({ path: '/v1', headers: {}, body: '{}' }, { replied: reject, lost: resolve })
      })
      expect(callLost(error, endpoint, false).code).toBe('CONNECTION_FAILED')
    },
  )

  it('has a limit for a server on this machine that takes no connection', async () => {
    const { child, port } = await startFrozen()
    cleanups.push(() => child.kill('SIGKILL'))
    const full = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}))
    cleanups.push(() => full.forEach(socket => void socket.destroy()))
    await new Promise(resolve => full[0]?.once('connect', resolve))

    const baseUrl = `http://127.0.0.1:${port}/v1`
    const provider = { providerTitle: 'Ollama', setting: 'OLLAMA_BASE_URL', timeoutMs: 300 }
    await expect(checkListening({ ...provider, baseUrl })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `The server takes no connection at 127.0.0.1:${port}, the address of Ollama`,
    })
  })

  it.each<[string, RequestListener]>([
    ['trickles', (_request, response) => trickle(() => response.write(' '))],
    ['does not end', (_request, response) => flood(() => response.write(Buffer.alloc(100_000)))],
  ])('has a limit for a local server whose list of models %s', async (_what, respond) => {
    const port = await listen(createHttpServer(respond))
    const clock = {
      sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1_000, signal),
    }
    const OLLAMA_BASE_URL = `http://127.0.0.1:${port}/v1`
    const servers = await findLocalServers({ OLLAMA_BASE_URL }, clock)
    const ollama = servers.find(({ provider }) => provider.name === 'ollama')
    expect(ollama).toMatchObject({ baseUrl: OLLAMA_BASE_URL, models: undefined })
  })

  function trickle(write: () => void): void {
    const timer = setInterval(write, 50)
    cleanups.push(() => clearInterval(timer))
  }

  function flood(write: () => void): void {
    const timer = setInterval(write, 1)
    cleanups.push(() => clearInterval(timer))
  }
})

/** A server that was stopped, and takes only what the system takes for it. */
async function startFrozen(): Promise<{ child: ChildProcess; port: number }> {
  const script = `const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  child.kill('SIGSTOP')
  return { child, port: Number(port.toString()) }
}
