import { resolve } from 'node:path'
import { parseBatchOptions } from '../../../lib/config/batch-options.js'
import { systemClock } from '../../../lib/host/system-clock.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import {
  type ChosenTools,
  chooseTools,
  recordedTools,
} from '../../../lib/plan/prompt/choose-tools.js'
import { until } from '../../support/until.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const names = { aliases: new Map(), extraModels: [], ggufModels: [] }
const tiny = `${process.execPath} ${resolve('spec/support/tiny-mcp-server.mjs')}`
const own = {
  ...{ name: 'own', description: 'Says hello.', inputSchema: { type: 'object' } },
  execute: () => 'hello',
}

let workdir: Workdir
let chosen: ChosenTools | undefined
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(async () => {
  await chosen?.close()
  chosen = undefined
  await workdir.remove()
})

interface Given {
  readonly model?: string
  readonly isAskedWhole?: boolean
  /** Tools of a saved template. */
  readonly saved?: string[]
}

async function choose(
  options: object,
  { model = 'gpt-4o', isAskedWhole = false, saved }: Given = {},
): Promise<ChosenTools | undefined> {
  chosen = await chooseTools(parseBatchOptions({ input: '-', ...options }, 'given'), {
    saved: saved && { tools: saved },
    reference: resolveModel(model, names),
    environment: process.env,
    clock: systemClock,
    isAskedWhole,
  })
  return chosen
}

const nameList = (found: ChosenTools | undefined) => found?.specs.map(({ name }) => name)

describe('chooseTools', () => {
  it('chooses none, and refuses nothing, if none are asked for', async () => {
    const unfit = { model: 'echo', isAskedWhole: true }
    expect(await choose({}, unfit)).toBeUndefined()
    expect(await choose({ tools: [], mcp: [] }, { ...unfit, saved: [] })).toBeUndefined()
  })

  it('puts the tools of the saved template first, and counts a name once', async () => {
    const tools = ['llm_version', own]
    const found = await choose({ tools, chainLimit: 3 }, { saved: ['llm_time', 'llm_version'] })

    expect(nameList(found)).toEqual(['llm_time', 'llm_version', 'own'])
    expect(found?.chainLimit).toBe(3)
    const place = { row: { kind: 'row', index: 0, columns: {} }, signal: neverAborted } as const
    const call = { id: 'c', name: 'own', argumentsText: '{}' }
    expect(await found?.runner.run(call, place)).toMatchObject({ output: 'hello' })
    expect(nameList(await choose({}, { saved: ['llm_time'] }))).toEqual(['llm_time'])
    expect(nameList(await choose({ tools: ['llm_time'] }))).toEqual(['llm_time'])
  })

  it('starts each MCP server once, by its own command or by its name', async () => {
    const command = `${tiny} serve ${workdir.join('started')}`
    const byCommand = await choose({ mcp: [command, command] })
    expect(nameList(byCommand)).toEqual(['echo', 'die', 'hang', 'files_read'])
    expect((await workdir.read('started')).trim().split('\n')).toHaveLength(1)
    await byCommand?.close()

    const mcpServers = { files: command }
    expect(nameList(await choose({ mcp: ['files'], mcpServers }))).toContain('files_read')
    await chosen?.close()
    chosen = undefined
    const broken = { files: `${tiny} exit 'no token'` }
    await expect(choose({ mcp: ['files'], mcpServers: broken })).rejects.toMatchObject({
      ...{ code: 'TOOL_INVALID', reach: 'run' },
      message: expect.stringMatching(/^The MCP server files cannot be used: .*no token$/),
    })
  })

  it('ends the server of a tool whose schema cannot be used', async () => {
    const mcp = [`${tiny} bad-schema ${workdir.join('started')}`]

    await expect(choose({ mcp })).rejects.toMatchObject({
      ...{ code: 'TOOL_INVALID', reach: 'run' },
      message: expect.stringMatching(/^The input schema of the tool bad cannot be used: /),
    })
    const started = Number(await workdir.read('started'))
    expect(started).toBeGreaterThan(0)
    await until(() => !isAlive(started))
  })

  it.each([
    ['rows that give whole requests', { isAskedWhole: true }, 'OPTIONS_INVALID', /OpenAI batch/],
    ['a model that calls no tools', { model: 'echo' }, 'MODEL_UNUSABLE', /repeats the prompt/],
  ])('refuses tools for %s', async (_what, given, code, message) => {
    await expect(choose({ tools: ['llm_time'] }, given)).rejects.toMatchObject({
      ...{ code, reach: 'run', message: expect.stringMatching(message) },
    })
  })
})

describe('recordedTools', () => {
  it('makes the paths of files absolute, and leaves out what a program gives', () => {
    expect(recordedTools(['llm_time, ./tools.mjs', own, 'python'])).toEqual([
      'llm_time',
      resolve('tools.mjs'),
      'python',
    ])
    expect(recordedTools(undefined)).toBeUndefined()
  })
})

const neverAborted = new AbortController().signal

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}
