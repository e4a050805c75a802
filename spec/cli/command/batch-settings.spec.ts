import { commands } from '../../../lib/cli/command-list.js'
import { settingName, settingRules } from '../../../lib/cli/words/config-words.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { runInProcess } from '../run-in-process.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
  await folder.write('rows.csv', 'name\nAda\nAda\n')
})
afterEach(() => folder.remove())

const config = (yaml: string) => folder.write('.llm/batch-config.yaml', yaml)

const llm = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  runInProcess(words, { folder: folder.path, environment })

const batch = (...words: string[]) => llm(['batch', folder.join('rows.csv'), ...words])

async function inForce(words: readonly string[] = [], environment = {}) {
  const { out, error } = await llm(['batch', 'config', ...words, '--json'], environment)
  expect(error).toBe('')
  const settings = JSON.parse(out) as { name: string; value: unknown; from: string }[]
  return Object.fromEntries(settings.map(({ name, value, from }) => [name, [value, from]]))
}

describe('batch-config.yaml', () => {
  it('takes every option of llm batch under defaults', () => {
    const flags = commands
      .find(({ words }) => words === 'batch')
      ?.flagGroups.flatMap(group => group.flags)

    expect(flags?.length).toBeGreaterThan(50)
    for (const flag of flags ?? []) expect(settingRules()).toHaveProperty(settingName(flag))
  })

  it('sets options of the batch and of the screen, below the command line', async () => {
    await config(
      'defaults: { template: "Say {name}", model: echo, quiet: true, format: csv, response_column: said, dedupe: true, summary: json }',
    )

    const { code, out, error } = await batch()
    expect({ code, out }).toEqual({ code: 0, out: 'name,said\nAda,Say Ada\nAda,Say Ada\n' })
    expect(JSON.parse(error)).toMatchObject({ deduped_prompts: 1 })
    expect((await batch('-t', 'Hi {name}', '--no-dedupe')).out).toContain('Ada,Hi Ada')
  })

  it('does not change a batch that is resumed', async () => {
    const words = ['-m', 'echo', '--batch-id', 'b', '-q', '--format', 'csv']
    await batch('-t', 'Hi {name}', '--limit', '1', ...words)
    await config('defaults: { template: "Say {name}", response_column: said }')

    const resumed = await batch('--resume', '--batch-id', 'b', '-q')

    expect(resumed).toMatchObject({ code: 0, out: 'name,response\nAda,Hi Ada\nAda,Hi Ada\n' })
  })

  it('names the database for all commands', async () => {
    await config(`defaults: { database: ${folder.join('other.db')} }`)
    await batch('-t', '{name}', '-m', 'echo', '-q', '--batch-id', 'b')

    expect((await llm(['batch', 'list'])).out).toContain('\nb ')
    await config('')
    expect((await llm(['batch', 'list'])).error).toBe('No batches yet.\n')
  })

  it.each([
    ['retries: many', '"defaults.retries" expects what --retries takes, got "many".'],
    ['quiet: 1', '"defaults.quiet" expects true or false, got 1.'],
    ['template: true', '"defaults.template" expects what --template takes, got true.'],
    ['option: [a]', '"defaults.option" expects a map, as in {temperature: 0.2}'],
    ['bad_bytes: maybe', '"defaults.bad_bytes" expects what --bad-bytes takes'],
    ['summary: [x]', '"defaults.summary" expects what --summary takes'],
    ['usage_colums: true', 'unknown key "defaults.usage_colums".'],
  ])('refuses %s with its line', async (setting, message) => {
    await config(`# ours\ndefaults:\n  ${setting}\n`)

    const { code, error } = await batch('-m', 'echo', '-t', '{name}')

    expect(code).toBe(2)
    expect(error).toContain(`line 3: ${message}`)
  })
})

describe('llm batch config', () => {
  it('says of each option what is in force, and where it comes from', async () => {
    await folder.write(
      'templates/summary.yaml',
      'prompt: "Sum $name"\nsystem: Be brief\nmodel: o3\n',
    )
    await config(
      'defaults: { template: summary, timeout: 60, rate_limit: 20, unordered: true, cache_age: 7d, key: sk-spec-secret }\nrate_limits: { o3: 30 }\n',
    )
    const file = folder.join('.llm/batch-config.yaml')

    expect(await inForce(['--retries', '3'], { LLM_BATCH_CONCURRENCY: '4' })).toMatchObject({
      retries: [3, 'command line'],
      concurrency: [4, 'environment'],
      system: ['Be brief', 'template summary'],
      model: ['o3', 'template summary'],
      template: ['summary', file],
      timeout: [60, file],
      rate_limit: [20, file],
      unordered: [true, file],
      cache_age: ['604800s', file],
      key: ['(set)', file],
      rate_limits: [{ o3: 30 }, file],
      deadline: [3600, 'built-in'],
      output: [null, 'built-in'],
    })
  })

  it('says the same of what a run shows and asks', async () => {
    await config('defaults: { quiet: true, summary: json, json: true }')
    const file = folder.join('.llm/batch-config.yaml')

    expect(await inForce(['--no-progress', '--sample', '5'])).toMatchObject({
      quiet: [true, file],
      summary: ['json', file],
      json: [true, file],
      progress: [false, 'command line'],
      sample: ['5', 'command line'],
      dry_run: [false, 'built-in'],
      tools_debug: [false, 'built-in'],
    })
    expect(await inForce()).toMatchObject({ progress: [true, 'built-in'] })
  })

  it('names every option of llm batch', async () => {
    const settings = Object.keys(await inForce())
    // They set an option that another one names: `attachment` and `extract`.
    const second = ['attachment_type', 'extract_last']

    expect(settings.sort()).toEqual(
      Object.keys(settingRules())
        .filter(name => !second.includes(name))
        .sort(),
    )
  })

  it('is a table for people, and needs no file', async () => {
    const { code, out, error } = await llm(['batch', 'config'])

    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toMatch(/^OPTION +VALUE +FROM\n/)
    expect(out).toMatch(/\nretries +5 +built-in\n/)
    expect(out).toMatch(/\nmodel +gpt-4o-mini +built-in\n/)
  })

  it('says what is in force as a run takes it', async () => {
    await config('defaults: { template: "Say {name}", model: echo, retries: 1 }')
    const settings = await inForce(['--format', 'csv'])
    const { out } = await batch('--format', 'csv', '-q')

    expect(settings).toMatchObject({
      model: ['echo', expect.any(String)],
      format: ['csv', 'command line'],
    })
    expect(out).toContain('Ada,Say Ada')
  })
})
