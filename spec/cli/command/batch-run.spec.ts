import { EventEmitter, once } from 'node:events'
import { Writable } from 'node:stream'
import { faults } from '../../support/stub-faults.js'
import {
  type StubServer,
  type StubServerOptions,
  startStubServer,
} from '../../support/stub-server.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { fakeTerminal } from '../fake-terminal.js'
import { runInProcess, type Surrounded } from '../run-in-process.js'

let folder: Workdir
let server: StubServer
let input: string

beforeEach(async () => {
  folder = await makeWorkdir()
  input = await folder.write('rows.csv', 'name\nAda\nAlan\nGrace\n')
})
afterEach(async () => {
  await server?.close()
  await folder.remove()
})

const batch = (words: readonly string[], surrounded: Omit<Surrounded, 'folder'> = {}) =>
  runInProcess(['batch', input, '--template', 'Hi {name}', ...words], {
    folder: folder.path,
    ...surrounded,
  })

async function serve(options: StubServerOptions = {}) {
  server = await startStubServer({ isRecording: true, ...options })
  return { ...server.environment, OPENAI_API_KEY: 'sk-spec-secret', LLM_MODEL: 'gpt-4o' }
}

describe('llm batch', () => {
  it.each([
    [
      ['--concurrency', 'many'],
      {},
      '--concurrency expects a whole number of 1 or more, or auto, got "many".',
    ],
    [
      ['--concurrency', '2'],
      { LLM_BATCH_RATE_LIMIT: 'fast' },
      'LLM_BATCH_RATE_LIMIT expects a number',
    ],
    [[], { LLM_BATCH_CONFIG: '/none.yaml' }, 'Config file not found: /none.yaml'],
    [['-m', 'ech'], {}, 'Unknown model: ech'],
    [['-m', 'echo', '-t', 'Hi {nam}'], {}, 'Template variable not found: {nam}'],
    [[], {}, 'No key found for openai'],
  ])('refuses %j before anything is asked or written', async (words, environment, message) => {
    const output = folder.join('out.csv')
    const ended = await batch([...words, '--output', output], { environment })
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.error).toContain(`Error: ${message}`)
    expect(ended.error).not.toContain('    at ')
    await expect(folder.read('out.csv')).rejects.toThrow('ENOENT')
  })

  it('exits 1 when a row failed, and says in the summary which and why', async () => {
    const fault = (_number: number, text: string) =>
      text === 'Hi Alan' ? faults.badRequest() : undefined
    const ended = await batch([], { environment: await serve({ fault }) })
    expect(ended.code).toBe(1)
    expect(ended.out.trim().split('\n')).toHaveLength(3)
    expect(ended.error).toMatch(/^3 rows read = 2 answered \+ 1 failed \+ 0 skipped\n/)
    expect(ended.error).toMatch(/\n {2}1 × REQUEST_REJECTED: .* \(row 2\)\n/)
  })

  it('exits 3 when the run was stopped, says why, and shows no key', async () => {
    const ended = await batch(['-q'], {
      environment: await serve({ fault: () => faults.keyRefused('sk-spec-secret') }),
    })
    expect(ended.code).toBe(3)
    expect(ended.error).toMatch(/^Error: Invalid API key.*\n.*llm keys set openai/)
    expect(ended.error).not.toContain('sk-spec-secret')
  })

  it('says nothing on standard error when all went well and --quiet was said', async () => {
    expect(await batch(['-q', '-m', 'echo', '--format', 'csv'])).toEqual({
      code: 0,
      out: 'name,response\nAda,Hi Ada\nAlan,Hi Alan\nGrace,Hi Grace\n',
      error: '',
    })
  })

  it.each([
    ['a run', [], /^Warning: .*same prompt\.\n3 rows read/],
    ['a dry run', ['--dry-run'], /^Warning: .*same prompt\.\n$/],
    ['a quiet run', ['--quiet'], /^$/],
  ])('warns of a template that names no column, in %s', async (_kind, words, error) => {
    const ended = await batch(['-m', 'echo', '-t', 'Say hello', ...words])
    expect(ended.code).toBe(0)
    expect(ended.error).toMatch(error)
  })

  it('shows the plan and the first prompts in a dry run, and calls nothing', async () => {
    const environment = await serve()
    const ended = await batch(['--dry-run', '--output', folder.join('out.csv')], { environment })
    expect(ended.code).toBe(0)
    expect(ended.out).toMatch(/model +gpt-4o \(OpenAI\)/)
    expect(ended.out).toContain('Row 3:\n    Hi Grace\n')
    expect(server.requestCount()).toBe(0)
    await expect(folder.read('out.csv')).rejects.toThrow('ENOENT')
  })

  it('takes what the command line leaves open from the environment, then the config file', async () => {
    const environment = await serve()
    await folder.write(
      '.llm/batch-config.yaml',
      'defaults: { model: o3, concurrency: 7, rate_limit: 20 }\nrate_limits: { gpt-4o: 30 }\noutput: { format: csv }\n',
    )
    const plan = async (...words: string[]) =>
      (await batch(['--dry-run', ...words], { environment })).out
    expect(await plan()).toMatch(
      /model +gpt-4o .*\n +price .*\n +pace +7 calls at once, 30 a minute\n.*\(csv\)/,
    )
    const said = await plan('-m', 'echo', '--concurrency', '2', '--format', 'json')
    expect(said).toMatch(
      /model +echo .*\n +price .*\n +pace +2 calls at once, 20 a minute\n.*\(json\)/,
    )
  })

  it('sends the options of the command line', async () => {
    await batch(['-o', 'temperature', '0.2', '--limit', '1'], { environment: await serve() })
    expect(server.requests.map(({ body }) => body.temperature)).toEqual([0.2])
  })

  it('lets calls in flight finish when it is interrupted, and leaves a valid output', async () => {
    const environment = await serve()
    const signals = new EventEmitter()
    server.hold()
    const ending = batch(['--format', 'json'], { environment, signals })
    await server.arrived(1)
    signals.emit('SIGINT', 'SIGINT')
    server.release()
    const ended = await ending
    expect(ended.code).toBe(130)
    expect(JSON.parse(ended.out)).toEqual([{ name: 'Ada', response: 'Answer to: Hi Ada' }])
    expect(ended.error).toContain('= 1 answered + 0 failed + 2 skipped')
    expect(ended.error).toContain('Interrupted. The output has all answers so far.')
    expect(server.requestCount()).toBe(1)
    expect(signals.eventNames()).toEqual([])
  })

  it('ends calls in flight when it is interrupted twice', async () => {
    const environment = await serve()
    const signals = new EventEmitter()
    server.hold()
    const ending = batch(['--format', 'json'], { environment, signals })
    await server.arrived(1)
    signals.emit('SIGTERM', 'SIGTERM')
    signals.emit('SIGINT', 'SIGINT')
    const ended = await ending
    expect(ended.code).toBe(130)
    expect(ended.error).toContain('Interrupted again: stopping at once.')
    expect(ended.error).toContain('= 0 answered + 0 failed + 3 skipped')
  })

  it('takes a reader that goes away for a good end', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    stdout.on('error', () => {})
    const ended = await batch(['-m', 'echo', '--format', 'csv'], { stdout })
    expect(ended.code).toBe(0)
    expect(ended.error).not.toContain('Error')
  })

  it('shows progress on a terminal while results go to a file, and clears it away', async () => {
    const environment = await serve()
    const stderr = fakeTerminal(100)
    server.hold()
    const ending = batch(['--output', folder.join('out.csv')], { environment, stderr })
    await server.arrived(1)
    while (!stderr.text.includes('0/3 rows')) await once(stderr, 'drawn')
    server.release()
    expect((await ending).code).toBe(0)
    expect(stderr.text).toContain('3 rows read = 3 answered')
    // The cursor is shown again.
    expect(stderr.text).toContain('\u001b[?25h')
  })

  it('shows where a defect or an error was raised when LLM_RAISE_ERRORS is 1', async () => {
    const fault = () => faults.keyRefused('sk-spec-secret')
    const environment = { ...(await serve({ fault })), LLM_RAISE_ERRORS: '1' }
    const { error } = await batch([], { environment })
    expect(error).toContain('\n    at ')
    expect(error).not.toContain('sk-spec-secret')
  })
})
