import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { systemClock } from '../../lib/host/system-clock.js'
import { faults } from '../support/stub-faults.js'
import { type StubServer, startStubServer } from '../support/stub-server.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { type FakeTerminal, fakeTerminal } from './fake-terminal.js'
import { runInProcess } from './run-in-process.js'

/**
 * Title, clipboard, a status request, a question about the cursor, a reset: each in 7 and 8 bits;
 * then turned text.
 */
const hostile = [
  'evil',
  ...[
    '\u001b]0;t\u0007',
    '\u001b]52;c;ZXZpbA==\u001b\\',
    '\u001bP$qm\u001b\\',
    '\u001b[6n',
    '\u001bc',
  ],
  ...[
    '\u009d0;t\u009c',
    '\u009d52;c;ZXZpbA==\u009c',
    '\u0090$qm\u009c',
    '\u009b6n',
    '\u001b_x\u001b\\',
  ],
  ...['\u0007', '\b', '\r', '\u000b', '\u000e', '\u007f', '\u0085'],
  ...['\u202e', '\u2066', '\u200f', '\u061c', '\u001b\u001b[31m]0;t'],
  'end',
].join('')

/** What must not reach a terminal, in words. */
const forbidden = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
/** What ora, readline and `status --watch` move the cursor and colour their spinner with. */
const ours = new RegExp(`${'\u001b'}\\[(\\?(25|2026|7)[lh]|\\d*[ABGKFJ]|(36|39)m)|\r\n`, 'g')

let folder: Workdir
let server: StubServer

beforeEach(async () => {
  folder = await makeWorkdir()
  server = await startStubServer({
    answer: () => hostile,
    fault: (_number, text) => (text.includes('bad') ? faults.badRequest(hostile) : undefined),
  })
  await folder.write(`${hostile}.csv`, `"${hostile}",name\n"${hostile}",good\n"${hostile}",bad\n`)
  await folder.write('keys.json', JSON.stringify({ [hostile]: hostile }))
  await folder.write('aliases.json', JSON.stringify({ [hostile]: 'gpt-4o' }))
  await folder.write('default_model.txt', hostile)
  await folder.write(`gguf/models/${hostile}.gguf`, 'GGUF')
  await folder.write('one.gguf', 'GGUF')
  await folder.write(`${hostile}.gguf`, 'GGUF')
  await folder.write('config.yaml', JSON.stringify({ [hostile]: 1 }))
})
afterEach(async () => {
  await server.close()
  await folder.remove()
})

type Screens = { readonly stdout: FakeTerminal; readonly stderr: FakeTerminal }

const environment = () => ({
  ...server.environment,
  OPENAI_API_KEY: 'sk-spec',
  LLM_MODEL: 'gpt-4o',
})

/** Runs `llm` with two terminals; what each was sent. */
async function shown(words: readonly string[], further: Readonly<Record<string, string>> = {}) {
  const screens: Screens = { stdout: fakeTerminal(200), stderr: fakeTerminal(200) }
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin })
  stdin.write('n\r')
  const { code } = await runInProcess(words, {
    folder: folder.path,
    environment: { ...environment(), ...further, ...configIn(further) },
    stdin,
    ...screens,
  })
  return { code, out: screens.stdout.text, error: screens.stderr.text }
}

/** A config file is looked for from where the process is. */
function configIn({ LLM_BATCH_CONFIG: path }: Readonly<Record<string, string>>) {
  return path === 'folder/config.yaml' ? { LLM_BATCH_CONFIG: folder.join('config.yaml') } : {}
}

/** The same with pipes. */
const piped = (words: readonly string[]) =>
  runInProcess(words, { folder: folder.path, environment: environment() })

const input = () => folder.join(`${hostile}.csv`)
const template = `Say {name} {${hostile}}`
const run = (...words: string[]) => ['batch', input(), '-t', template, '--batch-id', 'b', ...words]

describe('a terminal', () => {
  it.each(['text', 'csv', 'tsv', 'json', 'jsonl'])(
    'is sent no controls by results as %s',
    async format => {
      const { code, out, error } = await shown(run('--format', format))

      expect(code).toBe(1)
      expect(out).toContain('evil')
      expect(error).toContain('evil')
      expect((out + error).replace(ours, '')).not.toMatch(forbidden)
    },
  )

  it.each([
    ['a dry run', () => run('--dry-run'), {}],
    ['an unknown column', () => run('-t', `{${hostile}x}`), {}],
    ['an unknown model', () => run(), { LLM_MODEL: `gpt${hostile}` }],
    ['a bad variable', () => run(), { LLM_BATCH_CONCURRENCY: hostile }],
    ['a config file that is not there', () => run(), { LLM_BATCH_CONFIG: `/${hostile}` }],
    ['a bad config file', () => run(), { LLM_BATCH_CONFIG: 'folder/config.yaml' }],
    ['an input that is not there', () => ['batch', `${hostile}.txt`], {}],
    ['a template that is not there', () => run('-t', hostile), {}],
    ['an output that cannot be', () => run('--output', `/${hostile}/o.csv`), {}],
    ['a bad option', () => run(`--${hostile}`), {}],
    ['a bad option of a model', () => run('-o', hostile, hostile), {}],
    ['a bad batch id', () => run('--batch-id', hostile), {}],
    ['a stack', () => run('--output', `/${hostile}/o.csv`), { LLM_RAISE_ERRORS: '1' }],
    ['an unknown command', () => [hostile], {}],
    ['a bad word', () => ['batch', 'list', hostile], {}],
    ['an unknown batch', () => ['batch', 'status', hostile], {}],
    ['names of keys', () => ['keys'], {}],
    ['a key', () => ['keys', 'get', hostile], {}],
    ['a key that is not there', () => ['keys', 'get', `no${hostile}`], {}],
    ['the question for a key', () => ['keys', 'set', hostile], {}],
    ['the path of keys', () => ['keys', 'path'], { LLM_USER_PATH: `/${hostile}` }],
    ['models', () => ['models'], {}],
    ['the default model', () => ['models', 'default'], {}],
    ['a default that is no model', () => ['models', 'default', `no${hostile}`], {}],
    ['a model to pull', () => ['models', 'pull', hostile], {}],
    ['a model to add', () => ['models', 'add', 'one', `${hostile}.gguf`], {}],
    ['a model of a bad name', () => ['models', 'add', hostile, 'one.gguf'], {}],
  ])('is sent no controls by %s', async (_what, words, further) => {
    const { out, error } = await shown(words(), further)

    expect(out + error).toContain('evil')
    expect((out + error).replace(ours, '')).not.toMatch(forbidden)
  })

  it.each([
    ['list', ['list']],
    ['list --json', ['list', '--json']],
    ['status', ['status', 'b']],
    ['status --json', ['status', 'b', '--json']],
    ['status --watch', ['status', 'b', '--watch']],
    ['status --watch --json', ['status', 'b', '--watch', '--json']],
    ['errors', ['errors', 'b']],
    ['errors as csv', ['errors', 'b', '--format', 'csv']],
    ['errors as jsonl', ['errors', 'b', '--format', 'jsonl']],
    ['errors as json', ['errors', 'b', '--format', 'json']],
    ['the question before remove', ['remove', 'b']],
    ['prune', ['prune', '--older-than', '1d']],
    ['cancel', ['cancel', 'b']],
    ['remove', ['remove', 'b', '--yes']],
  ])('is sent no controls by batch %s', async (what, words) => {
    await piped(run())

    const { code, out, error } = await shown(['batch', ...words])

    expect(code).toBe(0)
    expect((out + error).replace(ours, '')).not.toMatch(forbidden)
    if (!['prune', 'cancel', 'remove'].includes(what)) expect(out + error).toContain('evil')
  })

  it('is sent no controls but ours by progress, and by status --watch as it draws anew', async () => {
    server.hold()
    const stderr = fakeTerminal(100)
    const output = folder.join(`${hostile}.out.csv`)
    const running = runInProcess(run('--output', output), {
      folder: folder.path,
      environment: environment(),
      stderr,
    })
    await server.arrived(1)
    while (!stderr.text.includes('0/2 rows')) await once(stderr, 'drawn')
    const stdout = fakeTerminal(100)
    const signals = new EventEmitter()
    const watching = runInProcess(['batch', 'status', 'b', '--watch'], {
      ...{ folder: folder.path, stdout, signals },
      clock: { ...systemClock, sleep: signal => systemClock.sleep(Math.min(Number(signal), 1)) },
    })
    while (!stdout.text.includes('\u001b[0J')) await once(stdout, 'drawn')
    signals.emit('SIGINT')
    await watching
    server.release()
    await running

    expect(stdout.text).toContain('F\u001b[0J')
    expect(stderr.text).toContain('\u001b[?25h')
    for (const { text } of [stdout, stderr]) {
      expect(text).toContain('evil')
      expect(text.replace(ours, '')).not.toMatch(forbidden)
    }
  })
})

describe('a pipe', () => {
  const inJson = JSON.stringify(hostile).slice(1, -1)

  it.each([
    // Its prompt is quoted line by line, so that only the answer is there in one piece.
    ['text', hostile, 1],
    ['csv', hostile, 4],
    ['tsv', hostile, 4],
    ['json', inJson, 5],
    ['jsonl', inJson, 5],
  ] as const)('gets every byte of results as %s', async (format, bytes, times) => {
    const { out } = await piped(run('--format', format))

    expect(out.split(bytes)).toHaveLength(times + 1)
  })

  it.each([
    ['csv', hostile],
    ['json', inJson],
    ['jsonl', inJson],
  ])('gets every byte of failed rows as %s', async (format, bytes) => {
    await piped(run())

    const { out } = await piped(['batch', 'errors', 'b', '--format', format])

    expect(out.split(bytes).length).toBeGreaterThan(2)
  })

  it('gets every byte of a key, and of JSON about batches', async () => {
    await piped(run())

    expect((await piped(['keys', 'get', hostile])).out).toBe(`${hostile}\n`)
    expect((await piped(['batch', 'list', '--json'])).out).toContain(inJson)
    expect((await piped(['batch', 'status', 'b', '--json'])).out).toContain(inJson)
  })
})
