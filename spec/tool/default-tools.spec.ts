import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { runInThisContext } from 'node:vm'
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

describe('the time in a zone', () => {
  // Jest gives specs a copy of the process. Only the environment of the true one has the zone.
  const { env } = runInThisContext('process') as typeof process
  const zoneBefore = env.TZ
  afterEach(() => {
    if (zoneBefore === undefined) delete env.TZ
    else env.TZ = zoneBefore
  })

  const [winter, summer] = [Date.UTC(2026, 0, 15, 12), Date.UTC(2026, 6, 15, 12)]

  it.each([
    ['UTC', winter, 'UTC', '2026-01-15 12:00:00', 'UTC+00:00', false],
    ['America/New_York', winter, 'EST', '2026-01-15 07:00:00', 'UTC-5:00', false],
    ['America/New_York', summer, 'EDT', '2026-07-15 08:00:00', 'UTC-4:00', true],
    ['Europe/Paris', summer, 'CEST', '2026-07-15 14:00:00', 'UTC+02:00', true],
    ['America/Sao_Paulo', winter, '-03', '2026-01-15 09:00:00', 'UTC-3:00', false],
    ['Asia/Kathmandu', winter, '+0545', '2026-01-15 17:45:00', 'UTC+05:45', false],
    ['Asia/Tashkent', summer, '+05', '2026-07-15 17:00:00', 'UTC+05:00', false],
    ['Asia/Kolkata', summer, 'IST', '2026-07-15 17:30:00', 'UTC+05:30', false],
    ['Asia/Tokyo', winter, 'JST', '2026-01-15 21:00:00', 'UTC+09:00', false],
    ['Australia/Sydney', winter, 'AEDT', '2026-01-15 23:00:00', 'UTC+11:00', true],
  ])('is that of %s at %d', (zone, nowMs, local_timezone, local_time, timezone_offset, is_dst) => {
    env.TZ = zone
    const local = { local_timezone, local_time, timezone_offset, is_dst }
    expect(JSON.parse(String(outputsAt(nowMs).llm_time))).toMatchObject(local)
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
