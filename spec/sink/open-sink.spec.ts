import { chmod, link, lstat, mkdir, readdir, rm, stat, symlink } from 'node:fs/promises'
import { PassThrough, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Outcome } from '../../lib/row/outcome.js'
import type { Columns } from '../../lib/row/row.js'
import { type OpenSinkOptions, openSink } from '../../lib/sink/open-sink.js'
import { settle } from '../support/fake-clock.js'
import { answered, fault, prompt, row } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { rowsFor, writeGroup, writeOn } from '../support/write-group.js'

let workdir: Workdir
let stdout: PassThrough
beforeEach(async () => {
  workdir = await makeWorkdir()
  stdout = new PassThrough()
})
afterEach(() => workdir.remove())

const open = (options: Partial<OpenSinkOptions>) =>
  openSink({
    stdout,
    isTerminal: false,
    columns: ['id', 'text'],
    responseColumn: 'response',
    overwrite: false,
    ...options,
  })

function answeredRow(index: number, columns: Columns, text: string): Outcome {
  return { ...answered(index, text), row: row(index, columns) }
}

function failedRow(index: number, columns: Columns): Outcome {
  const error = fault('ANSWER_EMPTY', 'row')
  return { kind: 'failed', row: row(index, columns), error, attempts: 1 }
}

async function written(options: Partial<OpenSinkOptions>, outcomes: readonly Outcome[]) {
  const sink = await open(options)
  await writeGroup(sink, outcomes)
  await sink.close({ isWhole: true })
  return sink
}

describe('openSink: what it refuses', () => {
  it.each([
    ['results', undefined],
    ['results.docx', undefined],
    ['.csv', undefined],
  ])('an output called %s, which does not say its format', async name => {
    await expect(open({ path: workdir.join(name) })).rejects.toMatchObject({
      code: 'OUTPUT_FORMAT_UNKNOWN',
      remedy: expect.stringMatching(/\.csv.*--format/),
    })
    expect(await readdir(workdir.path)).toEqual([])
  })

  it('an output that exists, which stays as it is', async () => {
    const path = await workdir.write('out.csv', 'mine')

    await expect(open({ path })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
      remedy: expect.stringContaining('--overwrite'),
    })
    expect(await workdir.read('out.csv')).toBe('mine')
  })

  it('a name that a dangling link has', async () => {
    await symlink(workdir.join('nowhere'), workdir.join('out.csv'))

    await expect(open({ path: workdir.join('out.csv') })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    })
  })

  it('a dangling link into a folder that is missing, even with --overwrite', async () => {
    await symlink(workdir.join('none/real.csv'), workdir.join('out.csv'))

    await expect(open({ path: workdir.join('out.csv'), overwrite: true })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining(`there is no folder ${workdir.join('none')}`),
    })
  })

  it.each([
    ['under its own name', async (input: string) => input],
    [
      'by a link',
      async (input: string) => {
        await symlink(input, workdir.join('soft.csv'))
        return workdir.join('soft.csv')
      },
    ],
    [
      'by a second name',
      async (input: string) => {
        await link(input, workdir.join('hard.csv'))
        return workdir.join('hard.csv')
      },
    ],
  ])('the input as the output, %s, even with --overwrite', async (_how, name) => {
    const inputPath = await workdir.write('in.csv', 'id\n1\n')

    await expect(
      open({ path: await name(inputPath), inputFiles: [inputPath], overwrite: true }),
    ).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining('The output is the input'),
    })
    expect(await workdir.read('in.csv')).toBe('id\n1\n')
  })

  it.each([
    ['a folder that is missing', 'missing/out.csv', 'mkdir -p'],
    ['a folder that is a file', 'file/out.csv', '--output'],
    ['a folder in its place', 'folder.csv', 'Name a file in it'],
  ])('%s', async (_what, name, remedy) => {
    await workdir.write('file', '')
    await mkdir(workdir.join('folder.csv'))

    await expect(open({ path: workdir.join(name), overwrite: true })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      reach: 'run',
      remedy: expect.stringContaining(remedy),
    })
  })

  const itIsNotRoot = process.getuid?.() === 0 ? it.skip : it
  itIsNotRoot('a file without permission', async () => {
    const path = await workdir.write('out.csv', 'mine')
    await chmod(path, 0o400)

    await expect(open({ path, overwrite: true })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining('permission denied'),
    })
  })

  it.each(['csv', 'jsonl'] as const)(
    'a response column that the input has, in %s',
    async format => {
      const path = workdir.join('out.x')

      await expect(open({ path, format, responseColumn: 'text' })).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        remedy: expect.stringContaining('--response-column'),
      })
      expect(await readdir(workdir.path)).toEqual([])
    },
  )
})

describe('openSink: the format', () => {
  it.each([
    ['a.csv', 'csv'],
    ['a.CSV', 'csv'],
    ['a.tsv', 'tsv'],
    ['a.json', 'json'],
    ['a.jsonl', 'jsonl'],
    ['a.ndjson', 'jsonl'],
    ['a.txt', 'text'],
    ['a.xlsx', 'xlsx'],
    ['a.parquet', 'parquet'],
  ])('of %s is %s', async (name, format) => {
    const sink = await open({ path: workdir.join(name) })

    expect(sink).toMatchObject({ format, path: workdir.join(name) })
    await sink.close({ discard: true })
  })

  it('is the one asked for, whatever the name', async () => {
    const sink = await open({ path: workdir.join('a.csv'), format: 'json' })

    expect(sink.format).toBe('json')
    await sink.close({ discard: true })
  })

  it('is text on a terminal, else JSON Lines, else what the config file says', async () => {
    expect((await open({ isTerminal: true, defaultFormat: 'json' })).format).toBe('text')
    expect((await open({})).format).toBe('jsonl')
    expect((await open({ defaultFormat: 'json' })).format).toBe('json')
    expect((await open({ format: 'csv', isTerminal: true })).format).toBe('csv')
  })
})

describe('openSink: a file', () => {
  it('shows each row as soon as it is written', async () => {
    for (const format of ['csv', 'json', 'jsonl', 'text'] as const) {
      const path = workdir.join(format)
      const sink = await open({ path, format })
      await writeOn(sink, [answeredRow(0, { id: '1', text: 'a' }, 'yes')])

      expect(await workdir.read(format)).toContain('yes')
      expect(sink.rowsWritten()).toBe(1)
      await sink.close()
    }
  })

  it('keeps its old content until the first row comes', async () => {
    const path = await workdir.write('out.csv', 'old results, longer than the new ones\n')

    const sink = await open({ path, overwrite: true })
    expect(await workdir.read('out.csv')).toContain('old results')
    await writeGroup(sink, [answeredRow(0, { id: '1', text: 'a' }, 'x')])

    expect(await workdir.read('out.csv')).toBe('id,text,response\n1,a,x\n')
    await sink.close()
  })

  it('keeps its old content if the run ends before the first row', async () => {
    for (const closing of [{}, { discard: true }]) {
      const path = await workdir.write('out.json', 'old results')
      const sink = await open({ path, overwrite: true })

      sink.rows.destroy()
      await sink.close(closing)

      expect(await workdir.read('out.json')).toBe('old results')
    }
  })

  it('is removed by discard if it was made and never written to', async () => {
    const unused = await open({ path: workdir.join('unused.csv') })
    const used = await open({ path: workdir.join('used.csv') })
    await writeOn(used, [answeredRow(0, { id: '1', text: 'a' }, 'x')])

    await unused.close({ discard: true })
    await used.close({ discard: true })

    expect(await readdir(workdir.path)).toEqual(['used.csv'])
  })

  it.each([
    ['csv', 'id,text,response\n'],
    ['tsv', 'id\ttext\tresponse\n'],
    ['json', '[]\n'],
    ['jsonl', ''],
    ['text', ''],
  ] as const)('is a valid %s without a single row', async (format, expected) => {
    await workdir.write('over', 'old')

    await written({ path: workdir.join('over'), format, overwrite: true }, [])
    await written({ path: workdir.join('new'), format }, [])

    expect(await workdir.read('over')).toBe(expected)
    expect(await workdir.read('new')).toBe(expected)
  })

  it('is closed valid when the pipeline fails midway', async () => {
    const path = workdir.join('out.json')
    const sink = await open({ path })
    async function* source() {
      yield rowsFor(sink, [answeredRow(0, { id: '1' }, 'yes')])
      yield rowsFor(sink, [answeredRow(1, { id: '2' }, 'no')])
      while (sink.rowsWritten() < 2 && !sink.rows.destroyed) await settle()
      throw new Error('the run is over')
    }

    await expect(pipeline(source(), sink.rows)).rejects.toThrow('the run is over')
    await sink.close()
    await sink.close()

    expect(JSON.parse(await workdir.read('out.json'))).toHaveLength(2)
  })

  it('is closed once and whole, also while a row is being written', async () => {
    const sink = await open({ path: workdir.join('out.json') })
    const long = 'x'.repeat(5_000_000)

    sink.rows.write(rowsFor(sink, [answeredRow(0, { id: long }, 'yes')]))
    sink.rows.destroy()
    await Promise.all([sink.close(), sink.close({ discard: true })])

    expect(JSON.parse(await workdir.read('out.json'))).toEqual([{ id: long, response: 'yes' }])
  })

  it('ignores rows that were skipped', async () => {
    const skipped: Outcome = { kind: 'skipped', row: row(1) }
    const sink = await written({ path: workdir.join('a.csv'), columns: ['id'] }, [
      skipped,
      answeredRow(0, { id: '1' }, 'x'),
      skipped,
    ])

    expect(await workdir.read('a.csv')).toBe('id,response\n1,x\n')
    expect(sink.rowsWritten()).toBe(1)
  })

  it('is made where a dangling link leads, if an old output may be replaced', async () => {
    const path = workdir.join('out.csv')
    await symlink('real.csv', path)
    const unwanted = await open({ path, overwrite: true })
    await unwanted.close({ discard: true })
    expect(await readdir(workdir.path)).toEqual(['out.csv'])

    await written({ path, overwrite: true }, [answeredRow(0, { id: '1' }, 'x')])

    expect((await lstat(path)).isSymbolicLink()).toBe(true)
    expect(await workdir.read('real.csv')).toContain('1,')
  })

  it('reports at the end that it was removed meanwhile', async () => {
    const path = workdir.join('out.csv')
    const sink = await open({ path })
    await rm(path)

    await expect(writeGroup(sink, [answeredRow(0, { id: '1' }, 'x')])).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringMatching(/removed/),
    })
    await sink.close()
    expect(sink.isGone?.()).toBe(true)
  })

  it('knows at the end whether it replaced an old output', async () => {
    const path = await workdir.write('out.csv', 'old\n')
    const untouched = await open({ path, overwrite: true })
    await untouched.close()
    const replaced = await written({ path, overwrite: true }, [answeredRow(0, { id: '1' }, 'x')])

    expect(untouched.isInPlace?.()).toBe(false)
    expect(replaced.isInPlace?.()).toBe(true)
    expect(replaced.isGone?.()).toBe(false)
  })

  it('may be a device, which needs no --overwrite', async () => {
    await written({ path: '/dev/null', format: 'csv' }, [answeredRow(0, { id: '1' }, 'x')])

    expect((await stat('/dev/null')).isFile()).toBe(false)
  })

  it('reports a full disk', async () => {
    const sink = await open({ path: '/dev/full', format: 'csv' })

    await expect(writeGroup(sink, [answeredRow(0, { id: '1' }, 'x')])).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      reach: 'run',
      message: 'Cannot write /dev/full: the disk is full',
    })
    await sink.close()
  })
})

describe('openSink: standard output', () => {
  it('is neither ended nor destroyed', async () => {
    const sink = await written({ format: 'json' }, [answeredRow(0, { id: '1' }, 'x')])

    expect(sink.path).toBeUndefined()
    expect(stdout.writableEnded).toBe(false)
    expect(stdout.destroyed).toBe(false)
    expect(stdout.listenerCount('error')).toBe(0)
    expect(String(stdout.read())).toBe('[\n{"id":"1","response":"x"}\n]\n')
  })

  it('knows whether its reader has taken everything, also if it does not wait for the reader', async () => {
    const stalled = new Writable({ write: () => {} })
    const sink = await open({ stdout: stalled, format: 'json' })
    expect(sink.isTaken?.()).toBe(true)

    sink.rows.write(rowsFor(sink, [answeredRow(0, { id: '1' }, 'x')]))
    await sink.close({ isHurried: true })

    expect(sink.isTaken?.()).toBe(false)
  })

  it('reports a missing reader by the error code, and does not end the process', async () => {
    const closed = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const sink = await open({ stdout: closed, format: 'json' })

    await expect(writeGroup(sink, [answeredRow(0, {}, 'x')])).rejects.toMatchObject({
      code: 'EPIPE',
    })
    await sink.close()
    await settle()
    expect(sink.rowsWritten()).toBe(0)
    expect(closed.listenerCount('error')).toBe(1)
  })

  it('reports a full disk if it is a file', async () => {
    const full = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }))
      },
    })
    const sink = await open({ stdout: full })

    await expect(writeGroup(sink, [answeredRow(0, {}, 'x')])).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: /standard output.*full/,
    })
    await sink.close()
  })

  it('is waited for when its reader is slow', async () => {
    const held: (() => void)[] = []
    const slow = new Writable({
      write(_chunk, _encoding, done) {
        held.push(done)
      },
    })
    const sink = await open({ stdout: slow })

    let accepted = 0
    while (accepted < 1000 && sink.rows.write(rowsFor(sink, [answeredRow(accepted, {}, 'x')])))
      accepted += 1
    await settle()

    expect(accepted).toBeLessThan(100)
    expect(held).toHaveLength(1)
    expect(sink.rowsWritten()).toBe(0)
    sink.rows.destroy()
  })
})

describe('openSink: the documents', () => {
  const reviews: readonly Outcome[] = [
    answeredRow(
      0,
      { customer_id: '1001', review_text: 'Amazing product! Highly recommend.' },
      'Sentiment: Positive',
    ),
    failedRow(1, { customer_id: '1002', review_text: 'Broke, "fast"\nvery' }),
  ]
  const columns = ['customer_id', 'review_text']

  it('CSV has the header, quotes only where they are needed, and an empty response where a row failed', async () => {
    await written({ path: workdir.join('o.csv'), columns }, reviews)

    expect(await workdir.read('o.csv')).toBe(
      'customer_id,review_text,response\n' +
        '1001,Amazing product! Highly recommend.,Sentiment: Positive\n' +
        '1002,"Broke, ""fast""\nvery",\n',
    )
  })

  it('JSON is an array with an object a line, and says why a row failed', async () => {
    const rated = [
      answeredRow(0, { review: 'Good', rating: 5, id: 12345678901234567890n }, 'Positive'),
      failedRow(1, { review: 'Bad', rating: null }),
    ]
    await written({ path: workdir.join('o.json'), columns: ['review', 'rating'] }, rated)

    expect(await workdir.read('o.json')).toBe(
      '[\n' +
        '{"review":"Good","rating":5,"id":12345678901234567890,"response":"Positive"},\n' +
        '{"review":"Bad","rating":null,"response":null,' +
        '"error":{"code":"ANSWER_EMPTY","message":"a fault of kind ANSWER_EMPTY"}}\n' +
        ']\n',
    )
  })

  it('text shows each question and its answer, every byte of them', async () => {
    const asked = (index: number, text: string) => prompt(index, text)
    const outcomes: Outcome[] = [
      {
        ...answered(0),
        prompt: asked(0, '\nWhat\r\nis\rthis?'),
        answer: {
          ...answered(0).answer,
          text: 'A \u001b[31mred\u001b[0m\u0007 herring\u009b2J\r\n\tend\u0000\b',
        },
      },
      failedRow(1, {}),
      { ...failedRow(2, {}), row: { ...row(2, {}), line: 9 } } as Outcome,
    ]
    await written({ path: workdir.join('o.txt') }, outcomes)

    expect(await workdir.read('o.txt')).toBe(
      '> \n> What\r\n> is\r> this?\nA \u001b[31mred\u001b[0m\u0007 herring\u009b2J\r\n\tend\u0000\b\n\n' +
        '> row 2\nError: a fault of kind ANSWER_EMPTY\n\n' +
        '> line 9\nError: a fault of kind ANSWER_EMPTY\n\n',
    )
  })
})

describe('openSink: answers that a spreadsheet would run', () => {
  const outcomes = [
    answeredRow(0, { id: -1, text: '=HYPERLINK("http://x")' }, '=1+1'),
    answeredRow(1, { id: 2, text: 'plain' }, '-0.8'),
    failedRow(2, { id: 3, text: '@x' }),
  ]
  const naming = { columns: ['id', 'text'], responseColumn: '=answer' }

  it.each(['csv', 'tsv'])('are written as they are to %s, and counted', async format => {
    const sink = await written({ path: workdir.join(`o.${format}`), ...naming }, outcomes)

    expect(sink.formulas?.()).toBe(1)
    const text = (await workdir.read(`o.${format}`)).replaceAll('\t', ',')
    expect(text).toBe('id,text,=answer\n-1,"=HYPERLINK(""http://x"")",=1+1\n2,plain,-0.8\n3,@x,\n')
  })

  it('get a quote before them where they are guarded, as cells and names of the input do', async () => {
    const guarded = { formulaGuard: true, ...naming }
    const sink = await written({ path: workdir.join('o.csv'), ...guarded }, outcomes)

    expect(sink.formulas?.()).toBe(0)
    expect(await workdir.read('o.csv')).toBe(
      'id,text,\'=answer\n-1,"\'=HYPERLINK(""http://x"")",\'=1+1\n2,plain,-0.8\n3,\'@x,\n',
    )
  })

  it('are not counted in formats that no spreadsheet opens', async () => {
    const guarded = { formulaGuard: true, columns: ['id', 'text'] }
    const sink = await written({ path: workdir.join('o.jsonl'), ...guarded }, outcomes)

    expect(sink.formulas?.() ?? 0).toBe(0)
    expect(await workdir.read('o.jsonl')).toContain('"response":"=1+1"')
  })
})
