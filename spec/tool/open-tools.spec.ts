import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { systemClock } from '../../lib/host/system-clock.js'
import type { OpenTools } from '../../lib/port/tool.js'
import { type OpenToolsOptions, openTools } from '../../lib/tool/open-tools.js'
import { until } from '../support/until.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const tiny = `${process.execPath} ${resolve('spec/support/tiny-mcp-server.mjs')}`
// `spec/support/install-monty.sh` installs it.
const isMontyThere = existsSync(resolve('node_modules/@pydantic/monty/package.json'))
const itWithMonty = isMontyThere || process.env.CI === 'true' ? it : it.skip
const schema = `inputSchema: { type: 'object' }`
const source = (name: string) => `export const ${name} = { description: 'd', ${schema},
  execute: () => '${name}' }`

let workdir: Workdir
let opened: OpenTools | undefined
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(async () => {
  await opened?.close()
  opened = undefined
  await workdir.remove()
})

async function open(options: Partial<OpenToolsOptions>): Promise<readonly string[]> {
  const around = { folder: workdir.path, version: '1.2.3', clock: systemClock }
  opened = await openTools({ tools: [], ...around, ...options })
  return opened.tools.map(({ spec }) => spec.name)
}

describe('openTools', () => {
  it('opens what is named, from files and by name, in its order and once', async () => {
    await workdir.write('a.mjs', source('add'))
    const own = { name: 'own', description: 'd', inputSchema: { type: 'object' }, execute() {} }

    expect(await open({ tools: ['./a.mjs, llm_time,', own, './a.mjs', own] })).toEqual([
      'add',
      'llm_time',
      'own',
    ])
  })

  itWithMonty('opens python, which counts as a name like others', async () => {
    expect(await open({ tools: ['python,llm_time', 'python'] })).toEqual(['python', 'llm_time'])
    await opened?.close()

    await expect(open({ tools: ['python', toolWith({ name: 'python' })] })).rejects.toThrow(
      'Two tools have the name python: of llm batch and of the option tools',
    )
  })

  it('opens MCP servers last, with no environment if none is given', async () => {
    const mcp = [{ name: 'tiny', server: `${tiny} serve started` }]

    expect(await open({ tools: ['llm_version'], mcp })).toEqual([
      'llm_version',
      'echo',
      'die',
      'hang',
      'files_read',
    ])
  })

  it.each<[what: string, options: Partial<OpenToolsOptions>, error: object]>([
    [
      'a name like a known one',
      { tools: ['llm_tine'] },
      {
        code: 'TOOL_UNKNOWN',
        remedy: expect.stringMatching(/^Did you mean llm_time\? Known are /),
      },
    ],
    [
      'a name like none',
      { tools: ['zzzzzzzzzzzz'] },
      { code: 'TOOL_UNKNOWN', remedy: expect.stringMatching(/^Known are python, llm_version/) },
    ],
    [
      'an object with nothing in it',
      { tools: [{} as never] },
      { message: 'One of the option tools is not a tool: it has nothing' },
    ],
    [
      'an object without a function',
      { tools: [{ name: 'a', description: 'd' } as never] },
      { message: 'One of the option tools is not a tool: it has name, description' },
    ],
    [
      'two tools of one name in one place',
      { tools: [{ name: 'a' }, { name: 'a' }].map(toolWith) },
      { message: 'Two tools have the name a: both of the option tools' },
    ],
    [
      'two tools of one name in two places',
      { tools: ['llm_time', toolWith({ name: 'llm_time' })] },
      { message: 'Two tools have the name llm_time: of llm and of the option tools' },
    ],
  ])('refuses %s', async (_what, options, error) => {
    await expect(open(options)).rejects.toMatchObject({
      code: 'TOOL_INVALID',
      ...{ reach: 'run', remedy: expect.stringMatching(/./) },
      ...error,
    })
  })

  it('ends the servers that it has started if something else cannot be used', async () => {
    const server = `${tiny} serve started`
    const mcp = [{ server }, { name: 'second', server }]

    await expect(open({ mcp })).rejects.toThrow(
      `Two tools have the name echo: of the MCP server ${server} and of the MCP server second`,
    )
    const started = (await workdir.read('started')).trim().split('\n').map(Number)
    expect(started).toHaveLength(2)
    await until(() => !started.some(isAlive))
  })
})

function toolWith({ name }: { readonly name: string }) {
  return { name, description: 'd', inputSchema: { type: 'object' }, execute: () => name }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}
