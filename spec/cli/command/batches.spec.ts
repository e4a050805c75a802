import { EventEmitter, once } from 'node:events'
import { rm, utimes } from 'node:fs/promises'
import { PassThrough, Writable } from 'node:stream'
import { systemClock } from '../../../lib/host/system-clock.js'
import type { Clock } from '../../../lib/port/clock.js'
import { type StubServer, startStubServer } from '../../support/stub-server.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { fakeTerminal } from '../fake-terminal.js'
import { runInProcess, type Surrounded } from '../run-in-process.js'

let folder: Workdir
let server: StubServer | undefined

beforeEach(async () => {
  folder = await makeWorkdir()
  await folder.write('rows.csv', 'name,age\nAda,36\nAlan,41\n"Hopper, Grace",85\n')
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await folder.remove()
})

const llm = (words: readonly string[], surrounded: Omit<Surrounded, 'folder'> = {}) =>
  runInProcess(words, { folder: folder.path, ...surrounded })

async function serve() {
  await server?.close()
  server = await startStubServer({
    fault: (_number, text) =>
      text.includes('Ada') ? undefined : { kind: 'answer', finishReason: 'length' },
  })
  return { ...server.environment, OPENAI_API_KEY: 'sk-spec-secret', LLM_MODEL: 'gpt-4o' }
}

/** Runs a batch of three rows of which the last two fail. */
async function runFailing(id: string, ...further: readonly string[]): Promise<void> {
  const environment = await serve()
  const output = folder.join(`${id}.out.csv`)
  const words = ['batch', folder.join('rows.csv'), '-t', 'Hi {name}', '--output', output]
  const ended = await llm([...words, '--batch-id', id, ...further], { environment })
  expect(ended).toMatchObject({ code: 1 })
}

/** Some file systems count time in seconds. */
async function cutLater(): Promise<void> {
  await folder.write('out.csv', 'name,age,response\n')
  const aMinuteLater = Date.now() / 1000 + 60
  await utimes(folder.join('out.csv'), aMinuteLater, aMinuteLater)
}

/** Runs a small batch that is answered. */
async function runAnswered(id: string): Promise<void> {
  const words = ['batch', folder.join('rows.csv'), '-t', 'Hi {name}', '-m', 'echo', '-q']
  expect(await llm([...words, '--batch-id', id])).toMatchObject({ code: 0 })
}

/** Begins a batch whose first call waits until the server is released. */
async function startHeld(id: string, surrounded: Partial<Surrounded> = {}) {
  const environment = await serve()
  server?.hold()
  const words = ['batch', folder.join('rows.csv'), '-t', 'Hi {name}', '--output']
  const ending = llm([...words, folder.join(`${id}.out.csv`), '--batch-id', id], {
    environment,
    ...surrounded,
  })
  await server?.arrived(1)
  return { ending }
}

/** The real clock; tells when somebody begins to wait for so long. */
function clockThatTells(graceMs: number) {
  let began = () => {}
  const graceBegan = new Promise<void>(resolve => {
    began = resolve
  })
  const sleep: Clock['sleep'] = (ms, signal) => {
    if (ms === graceMs) began()
    return systemClock.sleep(ms, signal)
  }
  return { clock: { ...systemClock, sleep }, graceBegan }
}

function terminalInput() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin })
  return stdin
}

describe('llm batch list, status, errors, cancel, remove, prune', () => {
  it.each([
    [['list', '--status', 'runing'], '--status expects one of', 'Did you mean running?'],
    [['list', '--limit', '0'], '--limit expects a whole number of 1 or more', ''],
    [['list', 'x'], 'llm batch list takes no further word: x.', ''],
    [['lits', 'x'], 'Unknown command: batch lits', 'Did you mean llm batch list?'],
    [['statsu'], 'Input file not found: statsu', 'Did you mean llm batch status?'],
    [['resume'], 'Input file not found: resume', 'Did you mean llm batch INPUT --resume?'],
    [['status'], 'No batches yet', 'llm batch INPUT'],
    [['errors', 'x', '--format', 'xml'], '--format expects one of csv, jsonl, json', ''],
    [['cancel', 'x', '--grace', 'soon'], '--grace expects a number more than 0', ''],
    [['remove'], 'llm batch remove needs ID', ''],
    [['prune', '--yes'], 'llm batch prune needs --older-than', '--older-than 30d'],
    [
      ['prune', '--older-than', '30'],
      '--older-than expects a number with a unit (s, m, h, d or w)',
      '',
    ],
  ])('refuses %j', async (words, message, remedy) => {
    const ended = await llm(['batch', ...words])
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.error).toContain(`Error: ${message}`)
    expect(ended.error).toContain(remedy)
  })

  it.each([['status'], ['errors'], ['cancel'], ['remove', '--yes']])(
    'names the nearest batches when %s is asked of one that is not there',
    async (...words) => {
      await runAnswered('reviews-k3x9qd')
      const [command = '', ...flags] = words
      const ended = await llm(['batch', command, 'reviews-k3x9qb', ...flags])
      expect(ended).toEqual({
        code: 2,
        out: '',
        error: 'Error: Unknown batch: reviews-k3x9qb\nDid you mean reviews-k3x9qd?\n',
      })
    },
  )

  it('takes the name of a file that is not there for a file, however like a command it is', async () => {
    const { code, error } = await llm(['batch', 'list.csv'])
    expect(code).toBe(2)
    expect(error).toMatch(/^Error: Input file not found: list\.csv\n/)
    expect(error).not.toContain('llm batch list')
  })

  it('makes no database to look into', async () => {
    expect(await llm(['batch', 'list'])).toEqual({ code: 0, out: '', error: 'No batches yet.\n' })
    expect((await llm(['batch', 'list', '--json'])).out).toBe('[]\n')
    expect(await llm(['batch', 'status', 'x'])).toMatchObject({ code: 2 })
    expect(await llm(['batch', 'prune', '--older-than', '1d', '--yes'])).toMatchObject({ code: 0 })
    await expect(folder.read('logs.db')).rejects.toThrow('ENOENT')
  })
})

describe('llm batch --resume and its like', () => {
  const run = (...words: string[]) =>
    llm(['batch', folder.join('rows.csv'), '-t', 'Hi {name}', '-m', 'echo', ...words])

  it.each([
    [['--resume'], 'Nothing to resume: no batch of', 'Run without --resume to start one.'],
    [['--resume', '--batch-id', 'god'], 'Unknown batch: god', 'Did you mean good?'],
    [['--batch-id', 'good'], 'good', '--resume'],
    [['--batch-id', 'a/b'], '--batch-id expects 1 to 64', ''],
  ])('refuses %j before anything is asked', async (words, message, remedy) => {
    await llm(['batch', '-', '-m', 'echo', '--batch-id', 'good'], { stdin: 'one\n' })
    const ended = await run(...words)
    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.error).toContain(message)
    expect(ended.error).toContain(remedy)
    expect(ended.error).not.toContain('Resume with')
  })

  it('lets one of two runs of the same batch have it, and refuses the other', async () => {
    const ended = await Promise.all([run('--batch-id', 'same'), run('--batch-id', 'same')])
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 2])
    const refused = ended.find(({ code }) => code === 2)
    expect(refused).toMatchObject({ out: '', error: expect.stringContaining('same') })
    expect(refused?.error).not.toContain('Resume with')
  })

  it('names another database in the command to resume', async () => {
    const database = folder.join('other.db')
    const environment = { ...(await serve()), OPENAI_API_KEY: 'sk-spec-secret' }
    const words = ['batch', folder.join('rows.csv'), '-t', 'Hi {name}', '--stop-on-error']
    const ended = await llm([...words, '--batch-id', 'x', '-d', database], { environment })
    expect(ended.code).toBe(3)
    expect(ended.error).toMatch(
      new RegExp(`\nResume with: llm batch rows.csv --resume --batch-id x -d ${database}\n$`),
    )
  })

  it('asks nothing of a completed batch of the same input, says so and exits 0', async () => {
    await run('--batch-id', 'good', '--output', folder.join('out.csv'))
    const before = await folder.read('out.csv')
    const ended = await run('--resume', '--batch-id', 'good')
    expect(ended.code).toBe(0)
    expect(ended.error).toContain('Batch good is completed: 3 answered.')
    expect(ended.error).toContain('3 rows read = 3 answered (3 by earlier runs)')
    expect(await folder.read('out.csv')).toBe(before)
  })

  it('has nothing left to do of a completed batch with --no-log, whose answers are in its output alone', async () => {
    await run('--batch-id', 'done', '--no-log', '--output', folder.join('out.csv'))
    const before = await folder.read('out.csv')
    const ended = await run('--resume', '--batch-id', 'done')
    expect(ended).toMatchObject({ code: 0, out: '' })
    expect(ended.error).toContain('Batch done is completed: 3 answered.')
    expect(ended.error).toContain('3 rows read = 3 answered (3 by earlier runs)')
    expect(await folder.read('out.csv')).toBe(before)
  })

  it.each([
    ['its input was edited', () => folder.write('rows.csv', 'name,age\nEve,1\n')],
    ['its output is gone', () => rm(folder.join('out.csv'))],
    ['its output was cut', cutLater],
  ])('refuses to resume one whose answers were not kept when %s', async (_why, spoil) => {
    await run('--batch-id', 'gone', '--no-log', '--output', folder.join('out.csv'))
    await spoil()
    const ended = await run('--resume', '--batch-id', 'gone')
    expect(ended.code).toBe(2)
    expect(ended.error).toContain('Batch gone is completed, and its answers were not kept')
    expect(ended.error).toContain('--restart')
  })

  it('asks failed rows again, and takes from the record what is not said again, whatever the environment holds', async () => {
    await runFailing('second')
    const environment = { ...(await serve()), LLM_MODEL: 'gpt-4o-mini', LLM_BATCH_CONCURRENCY: '9' }
    const words = ['batch', folder.join('rows.csv'), '--resume', '--batch-id', 'second']
    const ended = await llm(words, { environment })
    expect(ended.error).toContain('3 rows read = 1 answered (1 by earlier runs) + 2 failed')
    expect(ended.code).toBe(1)
    expect(await folder.read('second.out.csv')).toMatch(/^name,age,response\nAda,36,.+\nAlan,41,\n/)
  })

  it('resumes by itself a batch that did not finish, when the config file says so', async () => {
    await folder.write('.llm/batch-config.yaml', 'defaults: { resume_on_failure: true }\n')
    const { ending } = await startHeld('now')
    await llm(['batch', 'cancel', 'now', '--grace', '0'])
    await ending
    const environment = await serve()
    const output = folder.join('now.out.csv')
    const words = ['batch', folder.join('rows.csv'), '-t', 'Hi {name}', '--output', output]
    const ended = await llm(words, { environment })
    expect(ended.error).toMatch(/^[^\n]*\bnow\b/)
    expect(ended.error).toContain('3 rows read = 1 answered + 2 failed')
    expect((await llm(['batch', 'list', '--json'])).out.match(/"id":/g)).toHaveLength(1)
  })
})

describe('llm batch list', () => {
  it('lists batches, the newest first, and takes only so many or those of one status', async () => {
    await runAnswered('first')
    await runFailing('second')
    const ids = async (...words: string[]) =>
      (await llm(['batch', 'list', ...words])).out
        .split('\n')
        .slice(1, -1)
        .map(line => line.split(' ')[0])
    expect(await ids()).toEqual(['second', 'first'])
    expect(await ids('--limit', '1')).toEqual(['second'])
    expect(await ids('--status', 'COMPLETED')).toEqual(['first'])
    expect(await ids('--status', 'failed')).toEqual(['second'])
    expect(await llm(['batch', 'list', '--status', 'paused'])).toEqual({
      code: 0,
      out: '',
      error: 'No paused batches.\n',
    })
  })

  it('shows input, model, rows and failures; in JSON by names that stay', async () => {
    await runFailing('second')
    expect((await llm(['batch', 'list'])).out).toMatch(
      /\nsecond +failed +3\/3 +2 +\d{4}-\d\d-\d\d \d\d:\d\d +[\d.]+ s +gpt-4o +rows\.csv +second\.out\.csv +\d+ +\$0\.\d+\n$/,
    )
    expect(JSON.parse((await llm(['batch', 'list', '--json'])).out)).toEqual([
      {
        id: 'second',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        input_file: folder.join('rows.csv'),
        output_file: folder.join('second.out.csv'),
        model: 'gpt-4o',
        status: 'failed',
        process_gone: false,
        total_prompts: 3,
        completed_prompts: 1,
        failed_prompts: 2,
        skipped_prompts: 0,
        deduped_prompts: 0,
        cached_prompts: 0,
        input_tokens: expect.any(Number),
        cached_input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        reasoning_tokens: 0,
        cost_usd: expect.any(Number),
        unpriced_prompts: 0,
        unsettled_usd: null,
        max_cost_usd: null,
        rate_per_minute: null,
        held_by: null,
        host: expect.any(String),
        process_id: process.pid,
      },
    ])
  })

  it('fits the terminal', async () => {
    await runAnswered('a-batch-with-a-long-name-0123456789')
    const stdout = fakeTerminal(70)
    await llm(['batch', 'list'], { stdout })
    const lines = stdout.text.split('\n')
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(70)
    expect(lines[1]).toMatch(/^a-batch-with-a-long-name-0123456789 +completed +3\/3 +0$/)
  })

  it('looks into another database with -d', async () => {
    const database = folder.join('other.db')
    await llm(['batch', folder.join('rows.csv'), '-t', '{name}', '-m', 'echo', '-d', database])
    expect((await llm(['batch', 'list'])).error).toBe('No batches yet.\n')
    expect((await llm(['batch', 'list', '-d', database])).out).toContain('rows-')
  })
})

describe('llm batch status', () => {
  it('shows rows, errors by kind with a sample, and the command that asks failed rows again', async () => {
    await runFailing('second')
    const { out, code } = await llm(['batch', 'status', 'second'])
    expect(code).toBe(0)
    expect(out).toMatch(/^second: failed\n {2}input +rows\.csv\n {2}output +second\.out\.csv\n/)
    expect(out).toContain('3 of 3 rows: 1 answered, 2 failed, 0 skipped\n')
    expect(out).toMatch(/\n {2}2 × ANSWER_TRUNCATED: .*\n {6}as row 2: name=Alan, age=41\n/)
    expect(out).toMatch(/\nResume with: llm batch rows\.csv --resume --batch-id second\n$/)
    expect(JSON.parse((await llm(['batch', 'status', 'second', '--json'])).out)).toMatchObject({
      id: 'second',
      resume_command: 'llm batch rows.csv --resume --batch-id second',
      seconds_left: null,
      errors: [
        {
          code: 'ANSWER_TRUNCATED',
          count: 2,
          first_row: 2,
          sample: { name: 'Alan', age: '41' },
        },
      ],
    })
  })

  it('has a sample of each kind of failure, however late, and leaves what is no row out of the table', async () => {
    const lines = ['{"name":"a"}', ...Array.from({ length: 1000 }, () => '1'), '{"x":1}']
    const input = await folder.write('bad.jsonl', lines.join('\n'))
    const words = ['batch', input, '-t', '{name}', '-m', 'echo', '--batch-id', 'bad', '-q']
    expect(await llm([...words, '--no-fail-fast'])).toMatchObject({ code: 1 })
    const { errors } = JSON.parse((await llm(['batch', 'status', 'bad', '--json'])).out)
    expect(errors).toMatchObject([
      { code: 'RECORD_INVALID', count: 1000, first_row: 2, sample: {} },
      { code: 'COLUMN_MISSING', count: 1, first_row: 1002, sample: { x: 1 } },
    ])
    const csv = await llm(['batch', 'errors', 'bad'])
    expect(csv.out).toMatch(/^x,error_code,error_message\n1,COLUMN_MISSING,.*\n$/)
    expect(csv.error).toContain('Left out of the CSV: 1,000 records')
    const jsonl = await llm(['batch', 'errors', 'bad', '--format', 'jsonl'])
    expect(jsonl).toMatchObject({ code: 0, error: '' })
    expect(jsonl.out.trimEnd().split('\n')).toHaveLength(1001)
  })

  it('says what a batch that runs does, and with --watch until it ends', async () => {
    const { ending } = await startHeld('now')
    expect((await llm(['batch', 'status', 'now'])).out).toMatch(/^now: running\n/)
    const stdout = Object.assign(fakeTerminal(80), { isTTY: false })
    const watching = llm(['batch', 'status', 'now', '--watch'], { stdout })
    await once(stdout, 'drawn')
    server?.release()
    expect(await ending).toMatchObject({ code: 1 })
    expect(await watching).toMatchObject({ code: 0 })
    expect(stdout.text).toMatch(/^(now running · [^\n]*\n)+now: failed\n/)
  })

  it('leaves on Ctrl-C with 130, and the batch goes on', async () => {
    const { ending } = await startHeld('now')
    const signals = new EventEmitter()
    const stdout = Object.assign(fakeTerminal(80), { rows: 5 })
    const watching = llm(['batch', 'status', 'now', '--watch'], { stdout, signals })
    await once(stdout, 'drawn')
    await once(stdout, 'drawn')
    signals.emit('SIGINT', 'SIGINT')
    expect(await watching).toMatchObject({ code: 130, error: '' })
    // Drawn over what was there, and no higher than the terminal is.
    const [first = '', up, again = ''] = stdout.text.split('\u001b[')
    expect(first.split('\n')).toHaveLength(5)
    expect([up, again]).toEqual(['4F', `0J${first}`])
    server?.release()
    expect(await ending).toMatchObject({ code: 1 })
  })

  it('stops watching when its reader has gone', async () => {
    const { ending } = await startHeld('now')
    const stdout = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    stdout.on('error', () => {})
    expect(await llm(['batch', 'status', 'now', '--watch'], { stdout })).toMatchObject({ code: 0 })
    server?.release()
    await ending
  })
})

describe('llm batch errors', () => {
  it('prints failed rows as an input for llm batch, in each format', async () => {
    await runFailing('second')
    const csv = (await llm(['batch', 'errors', 'second'])).out
    expect(csv).toMatch(
      /^name,age,error_code,error_message\nAlan,41,ANSWER_TRUNCATED,.*\n"Hopper, Grace",85,ANSWER_TRUNCATED,.*\n$/,
    )
    const json = JSON.parse((await llm(['batch', 'errors', 'second', '--format', 'json'])).out)
    const lines = (await llm(['batch', 'errors', 'second', '--format', 'JSONL'])).out
    expect(
      lines
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual(json)
    expect(json[1]).toMatchObject({ name: 'Hopper, Grace', age: '85' })
    const input = await folder.write('failed.csv', csv)
    const again = await llm(['batch', input, '-t', 'Hi {name}', '-m', 'echo', '--format', 'csv'])
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Hi Hopper, Grace') })
  })

  it('prints them however many, with the columns of all, and ends well when its reader leaves', async () => {
    const rows = Array.from({ length: 700 }, (_row, index) => `{"name":"n${index}"}`)
    rows.push('{"name":"last","further":[1,12345678901234567890]}')
    const input = await folder.write('many.jsonl', rows.join('\n'))
    const options = ['--batch-id', 'many', '--no-fail-fast', '-q', '--concurrency', '50']
    const environment = await serve()
    await llm(['batch', input, '-t', 'Hi {name}', ...options], { environment })
    const csv = await llm(['batch', 'errors', 'many'])
    const lines = csv.out.split('\n')
    expect(lines).toHaveLength(703)
    expect(lines[0]).toBe('name,further,error_code,error_message')
    expect(lines[700]).toMatch(/^n699,,ANSWER_TRUNCATED/)
    expect(lines[701]).toMatch(/^last,"\[1,12345678901234567890\]",ANSWER_TRUNCATED/)
    expect(csv.error).toBe(
      'Lists and objects are mere text in the CSV, in: further. --format jsonl keeps them as they were.\n',
    )
    const json = await llm(['batch', 'errors', 'many', '--format', 'json'])
    expect(json.error).toBe('')
    expect(JSON.parse(json.out)).toHaveLength(701)
    const stdout = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    stdout.on('error', () => {})
    expect(await llm(['batch', 'errors', 'many'], { stdout })).toMatchObject({ code: 0, error: '' })
  })
})

describe('llm batch cancel', () => {
  it('stops a running batch once its calls have ended: valid output, exit 3, the command to resume', async () => {
    const { clock, graceBegan } = clockThatTells(30_000)
    const { ending } = await startHeld('now', { clock })
    expect(await llm(['batch', 'cancel', 'now'])).toEqual({
      code: 0,
      out: 'Asked now to stop: calls in flight have 30 s to finish. Cancel again to end them at once.\n',
      error: '',
    })
    expect((await llm(['batch', 'status', 'now'])).out).toMatch(/^now: running, asked to stop\n/)
    await graceBegan
    server?.release()
    const ended = await ending
    expect(ended.code).toBe(3)
    expect(ended.error).toMatch(/\nResume with: llm batch rows\.csv --resume --batch-id now\n$/)
    expect(await folder.read('now.out.csv')).toMatch(/^name,age,response\nAda,36,.*\n$/)
    expect((await llm(['batch', 'status', 'now'])).out).toMatch(/^now: cancelled\n/)
    expect((await llm(['batch', 'cancel', 'now'])).out).toBe(
      'now is not running (cancelled): there is nothing to cancel.\n',
    )
  })

  it('ends calls in flight when they take longer than the grace', async () => {
    const { ending } = await startHeld('now')
    await llm(['batch', 'cancel', 'now', '--grace', '0'])
    expect(await ending).toMatchObject({ code: 3 })
    await expect(folder.read('now.out.csv')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('ends calls in flight when it is cancelled twice', async () => {
    const { ending } = await startHeld('now')
    await llm(['batch', 'cancel', 'now', '--grace', '0.5'])
    expect((await llm(['batch', 'cancel', 'now'])).out).toBe(
      'Asked now to end its calls in flight at once.\n',
    )
    expect(await ending).toMatchObject({ code: 3 })
    expect((await llm(['batch', 'status', 'now'])).out).toMatch(/^now: cancelled\n/)
  })
})

describe('llm batch remove', () => {
  it('refuses in a script unless --yes is said, and forgets nothing then', async () => {
    await runAnswered('good')
    const refused = await llm(['batch', 'remove', 'good'])
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.error).toContain('Add --yes')
    expect((await llm(['batch', 'list'])).out).toContain('good')
  })

  it('removes all or none: not when one of them runs', async () => {
    await runAnswered('good')
    const { ending } = await startHeld('now')
    const refused = await llm(['batch', 'remove', 'good', 'now', '--yes'])
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.error).toContain(
      'Error: Batch now is running\nStop it first: llm batch cancel now',
    )
    expect((await llm(['batch', 'list'])).out).toContain('good')
    server?.release()
    await ending
  })

  it('removes several at once with --yes', async () => {
    await runAnswered('one')
    await runAnswered('two')
    expect(await llm(['batch', 'remove', 'one', 'two', 'one', '-y'])).toEqual({
      code: 0,
      out: 'Removed 2 batches.\n',
      error: '',
    })
    expect((await llm(['batch', 'list'])).error).toBe('No batches yet.\n')
  })

  it.each([
    ['y\r', 'Removed 1 batch.\n', 0],
    ['\r', 'Nothing was removed.\n', 0],
    ['no\r', 'Nothing was removed.\n', 0],
    ['\u0004', 'Nothing was removed.\n', 0],
    ['\u0003', '', 130],
  ])('shows what would go and asks on a terminal; to %j it says %j', async (typed, out, code) => {
    await runAnswered('good')
    const stdin = terminalInput()
    const stderr = fakeTerminal(100)
    const ending = llm(['batch', 'remove', 'good'], { stdin, stderr })
    while (!stderr.text.includes('[y/N]')) await once(stderr, 'drawn')
    expect(stderr.text).toMatch(/ID +STATUS.*\n\s*good +completed/)
    stdin.write(typed)
    expect(await ending).toMatchObject({ code, out })
  })
})

describe('llm batch prune', () => {
  it('shows what it would forget, with --dry-run and before it refuses in a script', async () => {
    await runAnswered('good')

    const shown = await llm(['batch', 'prune', '--older-than', '0s', '--dry-run'])
    const refused = await llm(['batch', 'prune', '--older-than', '0s'])

    expect(shown).toMatchObject({ code: 0, error: '' })
    expect(shown.out).toMatch(/^ID +STATUS.*\ngood +completed .*\n$/)
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.error).toMatch(/^ID +STATUS.*\ngood +completed .*\nError: .*\n.*--yes/)
    expect((await llm(['batch', 'list'])).out).toContain('good')
  })

  it('forgets what is older, and neither what is younger nor what runs', async () => {
    await runAnswered('good')
    expect((await llm(['batch', 'prune', '--older-than', '1h', '--yes'])).out).toBe(
      'There is nothing to remove.\n',
    )
    const { ending } = await startHeld('now')
    expect((await llm(['batch', 'prune', '--older-than', '0s', '--yes'])).out).toBe(
      'Removed 1 batch.\n',
    )
    expect((await llm(['batch', 'list'])).out).toMatch(/\nnow +running/)
    server?.release()
    await ending
  })
})
