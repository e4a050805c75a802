import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import { systemClock } from '../../../lib/host/system-clock.js'
import { loadMcpSdk } from '../../../lib/tool/mcp/load-mcp-sdk.js'
import { type McpProcess, openMcpProcess } from '../../../lib/tool/mcp/open-mcp-process.js'
import { until } from '../../support/until.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

let workdir: Workdir
let server: McpProcess | undefined
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await workdir.remove()
})

async function processOf(...words: readonly string[]): Promise<McpProcess> {
  const { env } = process
  const sdk = await loadMcpSdk()
  server = openMcpProcess({ words, folder: workdir.path, env, clock: systemClock, sdk })
  return server
}

/** A message of more than a pipe holds. */
const large = JSONRPCMessageSchema.parse({
  ...{ jsonrpc: '2.0', method: 'notifications/message' },
  params: { text: 'x'.repeat(1_000_000) },
})

describe('openMcpProcess', () => {
  it('says why a program does not start', async () => {
    await workdir.write('data.txt', 'no program')

    await expect((await processOf('./data.txt')).start()).rejects.toThrow(
      'the program ./data.txt may not be run',
    )
    await expect((await processOf('./none')).start()).rejects.toThrow(
      `the program ./none was not found (from ${workdir.path})`,
    )
    expect(server?.trouble()).toBeUndefined()
  })

  it('leaves a message for a server that has ended, and says how it ended', async () => {
    const ended = await processOf('/bin/sh', '-c', 'exit 4')
    const closed = new Promise<void>(done => {
      ended.onclose = done
    })
    await ended.start()
    await closed

    await ended.send(large)
    expect(ended.trouble()).toBe('it ended with exit code 4')
  })

  it('outlives that a server closes its input', async () => {
    const script = 'exec <&-; touch deaf; sleep 1000'
    const deaf = await processOf('/bin/sh', '-c', script)
    await deaf.start()
    await until(async () => (await workdir.read('deaf').catch(() => undefined)) !== undefined)

    await deaf.send(large)
    expect(deaf.trouble()).toBeUndefined()
    await deaf.close()
  })

  it('leaves a message that is sent before the start', async () => {
    const unstarted = await processOf('/bin/sh', '-c', 'cat > received')

    await unstarted.send(large)
    await unstarted.close()
    await expect(workdir.read('received')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
