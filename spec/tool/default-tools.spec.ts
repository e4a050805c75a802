import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { defaultTools } from '../../lib/tool/default-tools.js'

const root = resolve(import.meta.dirname, '../..')
const python = resolve(root, '.cache/python-llm-0.36/bin/python')
const describeWithPython = existsSync(python) ? describe : describe.skip
const place = {
  row: { kind: 'row', index: 0, columns: {} },
  signal: new AbortController().signal,
} as const

/** The output of each tool, by its name, at a moment. */
function outputsAt(nowMs: number): Record<string, unknown> {
  const tools = defaultTools({ version: '1.2.3', nowMs: () => nowMs })
  return Object.fromEntries(tools.map(({ spec, execute }) => [spec.name, execute({}, place)]))
}

describe('llm’s own tools', () => {
  it('says the version, and the time as Python writes it', () => {
    const { llm_version, llm_time } = outputsAt(Date.UTC(2026, 10, 30, 9, 5, 7, 42))
    expect(llm_version).toBe('1.2.3')
    expect(llm_time).toContain(
      '{"utc_time": "2026-11-30 09:05:07 UTC", "utc_time_iso": "2026-11-30T09:05:07.042000+00:00", ',
    )
  })

  it('writes a whole second without a fraction', () => {
    expect(outputsAt(0).llm_time).toContain('"utc_time_iso": "1970-01-01T00:00:00+00:00"')
  })
})

describeWithPython('beside Python’s llm', () => {
  it.each([
    'UTC',
    'America/New_York',
    'Asia/Kolkata',
    'Asia/Tashkent',
    'Asia/Kathmandu',
    'America/Sao_Paulo',
    'Asia/Tokyo',
    'Australia/Sydney',
  ])('gives the same time in the zone %s', async zone => {
    const theirs = JSON.parse(await inZone(zone, python, ['-c', theirTime]))
    const now = Date.parse(theirs.utc_time.replace(' UTC', 'Z').replace(' ', 'T'))
    const ours = JSON.parse(await inZone(zone, process.execPath, ['-e', ourTime(now)]))
    // Python gives millionths of a second.
    const { utc_time_iso: _moment, ...toTheSecond } = theirs
    expect(ours).toMatchObject(toTheSecond)
    expect(Object.keys(ours)).toEqual(Object.keys(theirs))
  })

  it('has the same names, descriptions and schemas', async () => {
    const tools = defaultTools({ version: '1.2.3', nowMs: () => 0 })
    const specs = tools.map(({ spec: { name, description, inputSchema, plugin } }) => [
      name,
      description,
      inputSchema,
      plugin,
    ])
    const theirs = (await inZone('UTC', python, ['-c', theirTools])).trim()
    expect(JSON.stringify(specs)).toBe(JSON.stringify(JSON.parse(theirs)))
  })
})

const theirTime = 'import json, llm.tools; print(json.dumps(llm.tools.llm_time()))'
const theirTools = `
import json, llm
names = ["llm_version", "llm_time"]
tools = [llm.get_tools()[name] for name in names]
print(json.dumps([[t.name, t.description, t.input_schema, t.plugin] for t in tools]))
`

/** The zone of this process cannot be changed, so that the built library says the time. */
function ourTime(nowMs: number): string {
  const built = pathToFileURL(resolve(root, 'dist/lib/tool/describe-time.js')).href
  return `import('${built}').then(m => console.log(JSON.stringify(m.describeTime(${nowMs}))))`
}

async function inZone(zone: string, program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { env: { TZ: zone } })
  return stdout
}
