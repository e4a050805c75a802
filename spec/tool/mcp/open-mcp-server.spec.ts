import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as listenTo } from 'node:net'
import { resolve } from 'node:path'
import { systemClock } from '../../../lib/host/system-clock.js'
import type { OpenTools } from '../../../lib/port/tool.js'
import { type OpenMcpServerOptions, openMcpServer } from '../../../lib/tool/mcp/open-mcp-server.js'
import { until } from '../../support/until.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const root = resolve(import.meta.dirname, '../../..')
const everything = `${root}/node_modules/@modelcontextprotocol/server-everything/dist/index.js`
const tiny = `${process.execPath} ${root}/spec/support/tiny-mcp-server.mjs`

let workdir: Workdir
let opened: OpenTools[]
beforeEach(async () => {
  workdir = await makeWorkdir()
  opened = []
})
afterEach(async () => {
  for (const each of opened) await each.close()
  await workdir.remove()
})

async function open(server: string, given: Partial<OpenMcpServerOptions> = {}): Promise<OpenTools> {
  const { env } = process
  const common = { folder: workdir.path, env, clock: systemClock, timeoutMs: 100_000 }
  const tools = await openMcpServer({ server, ...common, ...given })
  opened.push(tools)
  return tools
}

const namesOf = ({ tools }: OpenTools) => tools.map(({ spec }) => spec.name)

async function call(
  { tools }: OpenTools,
  name: string,
  input: unknown = {},
  signal = new AbortController().signal,
): Promise<unknown> {
  const tool = tools.find(({ spec }) => spec.name === name)
  return tool?.execute(input, { signal, row: { kind: 'row', index: 0, columns: {} } })
}

const processesIn = async (file: string) =>
  (await workdir.read(file).catch(() => '')).split('\n').filter(Boolean).map(Number)

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}

/** What every transport has to give. */
async function expectEverything(tools: OpenTools): Promise<void> {
  expect(namesOf(tools)).toEqual(expect.arrayContaining(['echo', 'get-sum', 'get-tiny-image']))
  const sum = tools.tools.find(({ spec }) => spec.name === 'get-sum')?.spec
  expect(sum).toMatchObject({
    description: expect.stringMatching(/sum/i),
    inputSchema: { type: 'object', required: ['a', 'b'] },
  })
  expect(await call(tools, 'echo', { message: 'Grüße' })).toBe('Echo: Grüße')
  expect(await call(tools, 'get-sum', { a: 20, b: 22 })).toContain('42')
  expect(await call(tools, 'get-tiny-image')).toMatch(/\[image: image\/png, \d+ bytes\]/)
  const weather = await call(tools, 'get-structured-content', { location: 'Chicago' })
  expect(JSON.parse(String(weather))).toEqual(expect.objectContaining({ humidity: 82 }))
  const link = { resourceId: 1, resourceType: 'Text' }
  expect(await call(tools, 'get-resource-reference', link)).toContain(
    'This is a plaintext resource',
  )
  await expect(call(tools, 'get-sum', { a: 'x' })).rejects.toMatchObject({
    name: 'McpError',
    message: expect.stringContaining('Invalid arguments for tool get-sum'),
  })
  const many = await Promise.all(
    Array.from({ length: 100 }, (_, at) => call(tools, 'echo', { message: `${at}` })),
  )
  expect(many).toEqual(Array.from({ length: 100 }, (_, at) => `Echo: ${at}`))
}

describe('openMcpServer with the reference server', () => {
  it('offers and calls its tools over standard streams', async () => {
    await expectEverything(await open(`'${process.execPath}' '${everything}'`))
  })

  it.each([
    ['streamable HTTP', 'streamableHttp', '/mcp'],
    ['the older HTTP transport', 'sse', '/sse'],
  ])('offers and calls its tools over %s', async (_what, mode, path) => {
    const port = await freePort()
    const env = { ...process.env, PORT: String(port) }
    const server = spawn(process.execPath, [everything, mode], { env, stdio: 'ignore' })
    try {
      await until(() => isListening(port))
      await expectEverything(await open(`http://127.0.0.1:${port}${path}`))
      await opened[0]?.close()
    } finally {
      server.kill('SIGKILL')
    }
  })

  it('greets a server over HTTP again that has forgotten us', async () => {
    const port = await freePort()
    const env = { ...process.env, PORT: String(port) }
    const start = () =>
      spawn(process.execPath, [everything, 'streamableHttp'], { env, stdio: 'ignore' })
    const first = start()
    let second: ReturnType<typeof start> | undefined
    try {
      await until(() => isListening(port))
      const tools = await open(`http://127.0.0.1:${port}/mcp`, { name: 'web' })
      first.kill('SIGKILL')
      await until(async () => !(await isListening(port)))
      await expect(call(tools, 'echo', { message: 'a' })).rejects.toThrow(
        'the MCP server web was lost during the call: it cannot be reached: ',
      )
      second = start()
      await until(() => isListening(port))

      expect(await call(tools, 'echo', { message: 'b' })).toBe('Echo: b')
      await tools.close()
    } finally {
      first.kill('SIGKILL')
      second?.kill('SIGKILL')
    }
  })

  it('breaks a call off, and goes on', async () => {
    const tools = await open(`'${process.execPath}' '${everything}'`)
    const stop = new AbortController()
    const input = { duration: 100, steps: 1 }
    const long = call(tools, 'trigger-long-running-operation', input, stop.signal)
    stop.abort(new Error('the time is over'))

    await expect(long).rejects.toThrow('the time is over')
    expect(await call(tools, 'echo', { message: 'a' })).toBe('Echo: a')
  })
})

describe('openMcpServer', () => {
  it('reads all pages of tools, and gives a name that providers refuse another one', async () => {
    const tools = await open(`${tiny} serve started`)

    expect(namesOf(tools)).toEqual(['echo', 'die', 'hang', 'files_read'])
    expect(tools.tools[3]?.spec.description).toBe('Reads a file.')
    expect(await call(tools, 'files_read', { path: 'a' })).toBe('files.read {"path":"a"}')
  })

  it('runs the server in the given folder with the given environment', async () => {
    const server = `/bin/sh -c 'echo "$WHO" > here; exec ${tiny} serve started'`
    await open(server, { env: { PATH: process.env.PATH, WHO: 'Ada' } })

    expect(await workdir.read('here')).toBe('Ada\n')
  })

  it('does not mind a line on standard output that is not MCP', async () => {
    const tools = await open(`${tiny} serve started 'Server started'`)

    expect(await call(tools, 'echo')).toBe('echo {}')
  })

  it('tells the calls in flight of the end of the server, and starts it again for the next', async () => {
    const tools = await open(`${tiny} serve started`, { name: 'tiny' })
    const hanging = call(tools, 'hang')
    const lost = {
      name: 'McpError',
      message: 'the MCP server tiny was lost during the call: it ended with exit code 7',
    }
    const dying = call(tools, 'die')

    await expect(dying).rejects.toMatchObject(lost)
    await expect(hanging).rejects.toMatchObject(lost)
    expect(await Promise.all([call(tools, 'echo'), call(tools, 'echo')])).toEqual([
      'echo {}',
      'echo {}',
    ])
    expect(await processesIn('started')).toHaveLength(2)
  })

  it('gives a server up that ends at every call', async () => {
    const tools = await open(`${tiny} serve started`, { name: 'tiny' })
    for (let count = 0; count < 4; count += 1) await call(tools, 'die').catch(() => {})

    await expect(call(tools, 'echo')).rejects.toMatchObject({
      message: 'the MCP server tiny is not available: it ended again after 3 restarts',
    })
    expect(await processesIn('started')).toHaveLength(4)
  })

  it('gives the model the words of a refusal, or says that there are none, and goes on', async () => {
    const refusing = await open(`${tiny} refuse tools/call`, { timeoutMs: undefined })
    const failing = await open(`${tiny} fail`)

    for (const [tools, message] of [
      [refusing, 'Not today'],
      [failing, 'the tool failed'],
    ] as const) {
      const refused = { name: 'McpError', message }
      await expect(call(tools, 'echo')).rejects.toMatchObject(refused)
      // A server that was lost could be started only three times.
      for (let count = 0; count < 5; count += 1) await call(tools, 'echo').catch(() => {})
      await expect(call(tools, 'echo')).rejects.toMatchObject(refused)
    }
  })

  it('leaves no process behind, whatever the server has started', async () => {
    const tools = await open(`${tiny} helper started`)
    const started = await processesIn('started')
    expect(started.map(isAlive)).toEqual([true, true])

    await tools.close()
    await until(() => !started.some(isAlive))
    await expect(call(tools, 'echo')).rejects.toThrow('it is closed')
  })

  it('waits for no process that has left its group', async () => {
    const tools = await open(`${tiny} runaway started`)
    const [, second = 0] = await processesIn('started')
    try {
      await expect(call(tools, 'die')).rejects.toThrow('it ended with exit code 7')
      await tools.close()
    } finally {
      process.kill(second, 'SIGKILL')
    }
  })

  it('ends with us, even if we are killed', async () => {
    const module = `${root}/dist/lib/tool/mcp/open-mcp-server.js`
    const clock = `${root}/dist/lib/host/system-clock.js`
    const script = `
      import { openMcpServer } from '${module}'
      import { systemClock as clock } from '${clock}'
      const given = { server: ${JSON.stringify(`${tiny} serve started`)}, folder: '.', clock }
      await openMcpServer({ ...given, env: process.env, timeoutMs: 100_000 })
      console.log('open')`
    const words = ['--input-type=module', '-e', script]
    const child = spawn(process.execPath, words, { cwd: workdir.path })
    await once(child.stdout, 'data')
    const [server = 0] = await processesIn('started')
    expect(isAlive(server)).toBe(true)

    child.kill('SIGKILL')
    await until(() => !isAlive(server))
  })

  it('refuses a call after the end without a start', async () => {
    const tools = await open(`${tiny} serve started`)
    await tools.close()

    await expect(call(tools, 'echo')).rejects.toThrow('is not available: it is closed')
    expect(await processesIn('started')).toHaveLength(1)
  })
})

describe('openMcpServer refuses, before anything is asked,', () => {
  const refused = (reason: string | RegExp) => ({
    code: 'TOOL_INVALID',
    reach: 'run',
    message: expect.stringMatching(reason),
    remedy: expect.stringMatching(/./),
  })

  it.each([
    [
      'a program that is not there',
      'no-such-program',
      /: the program no-such-program was not found/,
    ],
    [
      'a server that ends',
      `${tiny} exit 'Error: no token'`,
      /: it ended with exit code 3 after it wrote: Error: no token$/,
    ],
    ['a server that does not list its tools', `${tiny} refuse tools/list`, /: Not today$/],
    ['a server that greets nobody', `${tiny} refuse initialize`, /: Not today$/],
    [
      'a server that is killed',
      `/bin/sh -c 'echo "Out of memory" >&2; kill -KILL $$'`,
      /: it ended by SIGKILL after it wrote: Out of memory$/,
    ],
    ['a server without tools', `${tiny} no-tools`, /: it offers no tools$/],
    [
      'a program that writes other lines without end',
      `${tiny} flood`,
      /: it writes what is not MCP: Hello$/,
    ],
    [
      'a program that writes a line without end',
      `/bin/sh -c 'head -c 11000000 /dev/zero; sleep 1000'`,
      /: it writes what is not MCP: a line of more than 10 MB$/,
    ],
    ['a command that needs a shell', 'cd x && y', /no shell runs it/],
    ['an empty command', ' ', /needs a command or a URL/],
    ['a URL that is none', 'http://[', /URL of the MCP server is none/],
  ])('%s', async (_what, server, reason) => {
    await expect(open(server)).rejects.toMatchObject(refused(reason))
  })

  it.each([
    ['a server that stays silent', 'silent', /: it gave no answer within 0\.5 seconds$/],
    [
      'a program that speaks nonsense',
      'nonsense',
      /: it writes what is not MCP: Hello, I am a program\.$/,
    ],
  ])('%s', async (_what, mode, reason) => {
    await expect(open(`${tiny} ${mode}`, { timeoutMs: 500 })).rejects.toMatchObject(refused(reason))
  })

  it.each([
    ['a page', 200, 'text/html', '<html>', /: Unexpected content type: text\/html$/],
    ['JSON that is not MCP', 200, 'application/json', '{"hello": 1}', /: its answer is not MCP$/],
    ['a refusal', 401, 'text/plain', 'who are you?', /: it answered with HTTP 401: who are you\?$/],
    ['an unknown path', 404, 'text/plain', 'no', /: .*404/],
  ])('a URL that answers with %s', async (_what, status, type, body, reason) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    try {
      await expect(open(`http://127.0.0.1:${port}/mcp`)).rejects.toMatchObject(refused(reason))
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('a URL where nothing listens', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`

    // The query may have a key in it.
    await expect(open(`${origin}/mcp?key=secret`)).rejects.toMatchObject(
      refused(`^The MCP server ${origin}/mcp cannot be used: it cannot be reached: .*ECONNREFUSED`),
    )
  })

  it('a URL that stays silent', async () => {
    const server = createServer(() => {})
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    const silent = open(`http://127.0.0.1:${port}/mcp`, { timeoutMs: 300 })
    try {
      await expect(silent).rejects.toMatchObject(
        refused(/: it gave no answer within 0\.3 seconds$/),
      )
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

async function freePort(): Promise<number> {
  const server = listenTo()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return port
}

/** Any answer will do. */
function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/none`).then(
    () => true,
    () => false,
  )
}
