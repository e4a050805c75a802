import { resolve } from 'node:path'
import { parseBatchOptions } from '../../../lib/config/batch-options.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import {
  attachmentWarnings,
  type ChosenAttachments,
  chooseAttachments,
  recordedAttachments,
} from '../../../lib/plan/prompt/choose-attachments.js'
import { textMessage } from '../../../lib/row/message.js'
import { promptHash } from '../../../lib/template/prompt-hash.js'
import { fastClock } from '../../support/fast-clock.js'
import { prompt } from '../../support/rows.js'
import { sha256, smallFiles } from '../../support/small-files.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const names = { aliases: new Map(), extraModels: [], ggufModels: [] }
const hashOf = promptHash({ model: 'gpt-4o', options: {} })

describe('chooseAttachments', () => {
  let workdir: Workdir
  let chosen: ChosenAttachments | undefined
  beforeEach(async () => {
    workdir = await makeWorkdir()
    await workdir.write('a.png', smallFiles.png)
    await workdir.write('photos/b.pdf', smallFiles.pdf)
    await workdir.write('a.wav', smallFiles.wav)
  })
  afterEach(async () => {
    await chosen?.close()
    await workdir.remove()
  })

  async function choose(
    options: object,
    {
      model = 'gpt-4o',
      columns = ['file', 'prompt'],
      isColumnsFixed = true,
      saved = {},
      files = [workdir.join('in.csv')],
    } = {},
  ): Promise<ChosenAttachments | undefined> {
    const source = { files, columns, isColumnsFixed }
    chosen = await chooseAttachments(parseBatchOptions({ input: '-', ...options }, 'given'), {
      saved: { attachments: [], ...saved },
      reference: resolveModel(model, names),
      rows: { source, hashOf },
      environment: {},
      clock: fastClock(),
    })
    return chosen
  }

  /** The prompt of a row with this value in the column. */
  async function attach(value: unknown, options: object = {}) {
    const found = await choose({ attachmentColumn: 'file', ...options }, { isColumnsFixed: false })
    const asking = prompt(0)
    const row = { ...asking.row, columns: { file: value as string } }
    return found?.attach?.({ ...asking, row, attachments: found.shared })
  }

  it('chooses none, and opens nothing, if none are given', async () => {
    expect(await choose({})).toBeUndefined()
  })

  it("finds them in llm's order: the template's, the caller's, then those with a type", async () => {
    const [png, pdf, wav] = ['a.png', 'photos/b.pdf', 'a.wav'].map(name => workdir.join(name))
    const saved = { attachments: [png, { name: wav, type: 'image/gif' }] }

    const found = await choose({ attachments: [{ name: pdf, type: 'image/webp' }, pdf] }, { saved })

    expect(found?.shared.map(({ path, type }) => [path, type])).toEqual([
      [png, 'image/png'],
      [pdf, 'application/pdf'],
      [wav, 'image/gif'],
      [pdf, 'image/webp'],
    ])
    expect(found?.attach).toBeUndefined()
  })

  it.each<[what: string, options: object, code: string, message: RegExp]>([
    ['a missing file', { attachments: ['none.png'] }, 'ATTACHMENT_NOT_FOUND', /none\.png was not/],
    ['standard input', { attachments: ['-'] }, 'ATTACHMENT_INVALID', /Standard input \(-\)/],
    ['a column that is none', { attachmentColumn: 'fiel' }, 'COLUMN_MISSING', /no column.*: fiel/],
  ])('refuses %s before the run', async (_what, options, code, message) => {
    await expect(choose(options)).rejects.toMatchObject({
      ...{ code, reach: 'run' },
      message: expect.stringMatching(message),
    })
  })

  it('refuses a type that the model does not take, and names what it takes', async () => {
    const path = workdir.join('a.wav')

    await expect(choose({ attachments: [path] })).rejects.toMatchObject({
      ...{ code: 'ATTACHMENT_INVALID', reach: 'run' },
      message: `gpt-4o does not take the attachment ${path} of type audio/wav`,
      remedy: 'The model takes: image/png, image/jpeg, image/webp, image/gif, application/pdf.',
    })
  })

  it('refuses a model that takes none, also for a column', async () => {
    for (const options of [{ attachments: ['a.png'] }, { attachmentColumn: 'file' }]) {
      await expect(choose(options, { model: 'gpt-4' })).rejects.toMatchObject({
        ...{ code: 'ATTACHMENT_INVALID', reach: 'run' },
        message: 'gpt-4 takes no attachments: gpt-4 reads text only',
      })
    }
  })

  it('takes a column of JSON rows at the path of its name, but not of a table', async () => {
    const options = { attachmentColumn: 'file.path' }

    expect(await choose(options, { isColumnsFixed: false })).toMatchObject({ column: 'file.path' })
    await expect(choose(options)).rejects.toMatchObject({ code: 'COLUMN_MISSING' })
  })

  it.each<[value: unknown, files: readonly string[]]>([
    ['a.png', ['a.png']],
    ['a.png\n\n  photos/b.pdf \r\n', ['a.png', 'photos/b.pdf']],
    [
      ['a.png', 'photos/b.pdf'],
      ['a.png', 'photos/b.pdf'],
    ],
    ['', []],
    [null, []],
  ])('finds the files of a row, relative to the folder of the input: %j', async (value, files) => {
    const attached = await attach(value)

    const paths = attached?.attachments?.map(({ path }) => path)
    expect(paths).toEqual(files.map(name => workdir.join(name)))
  })

  it.each([
    ['standard input', ['-']],
    ['no file', []],
  ])('looks for the files of rows of %s in the current folder', async (_what, files) => {
    const found = await choose({ attachmentColumn: 'file' }, { files })
    const asking = prompt(0)
    const row = { ...asking.row, columns: { file: 'package.json' } }

    await expect(found?.attach?.({ ...asking, row })).rejects.toThrow(resolve('package.json'))
  })

  it('refuses inputs of several folders, but not several of one folder', async () => {
    const options = { attachmentColumn: 'file' }
    const here = [workdir.join('in.csv'), workdir.join('more.csv')]

    expect(await choose(options, { files: here })).toMatchObject({ column: 'file' })
    await chosen?.close()
    await expect(choose(options, { files: [...here, '/elsewhere/a.csv'] })).rejects.toMatchObject({
      ...{ code: 'USAGE_INVALID', reach: 'run' },
      message: expect.stringContaining(`: ${workdir.path}, /elsewhere`),
    })
  })

  it.each([
    ['fiel', 'The columns are: file, prompt. Did you mean file?'],
    ['zzzzzzzz', 'The columns are: file, prompt.'],
  ])('names the columns beside %s, and the nearest if one is near', async (column, remedy) => {
    await expect(choose({ attachmentColumn: column })).rejects.toMatchObject({ remedy })
  })

  it('puts the files of the row after those of every prompt, and hashes both', async () => {
    const attached = await attach('photos/b.pdf', { attachments: [workdir.join('a.png')] })

    const [png, pdf] = [
      { id: sha256(smallFiles.png), type: 'image/png' },
      { id: sha256(smallFiles.pdf), type: 'application/pdf' },
    ]
    expect(attached?.attachments).toMatchObject([png, pdf])
    expect(attached?.hash).toBe(hashOf.ofText('question 0', undefined, [png, pdf]))
  })

  it('fails a row that gives its messages itself, and files to go with them', async () => {
    const found = await choose({ attachmentColumn: 'file' }, { isColumnsFixed: false })
    const asking = { ...prompt(0), messages: [textMessage('user', 'Hi')] }
    const rowWith = (file: string) => ({ ...asking.row, columns: { file } })

    await expect(found?.attach?.({ ...asking, row: rowWith('a.png') })).rejects.toMatchObject({
      ...{ code: 'RECORD_INVALID', reach: 'row' },
      message: expect.stringContaining('messages are asked as they stand'),
    })
    expect(await found?.attach?.({ ...asking, row: rowWith('') })).toMatchObject({
      text: 'question 0',
    })
  })

  it.each<[value: unknown, code: string, message: RegExp]>([
    ['none.png', 'ATTACHMENT_NOT_FOUND', /none\.png was not found/],
    ['a.wav', 'ATTACHMENT_INVALID', /does not take the attachment .*a\.wav of type audio\/wav/],
    [7, 'ATTACHMENT_INVALID', /The column file has no path or URL: 7/],
    [['a.png', 7], 'ATTACHMENT_INVALID', /no path or URL: \["a\.png",7\]/],
    [undefined, 'COLUMN_MISSING', /The row has no column file/],
    ['http://127.0.0.1/a.png', 'ATTACHMENT_INVALID', /local or private address/],
  ])('fails a row with %j', async (value, code, message) => {
    await expect(attach(value)).rejects.toMatchObject({
      ...{ code, reach: 'row' },
      message: expect.stringMatching(message),
    })
  })
})

describe('recordedAttachments', () => {
  it('makes paths absolute, so that a resume finds them from anywhere', () => {
    const given = ['a.png', { name: 'b.bin', type: 'image/png' }, 'https://example.com/c.png']

    expect(recordedAttachments(given)).toEqual([
      `${process.cwd()}/a.png`,
      { name: `${process.cwd()}/b.bin`, type: 'image/png' },
      'https://example.com/c.png',
    ])
  })
})

describe('attachmentWarnings', () => {
  const shared = [{ id: 'a', type: 'image/png', path: '/a.png', loadedBytes: 5_000_000 }]
  const chosen = { shared, column: undefined, attach: undefined, load: async () => Buffer.from('') }

  it('says that attachments hold the concurrency', () => {
    expect(attachmentWarnings(chosen, 100)).toEqual([
      'Only 9 of 100 calls run at once: each call has 6.7 MB of attachments, and all calls together may have 64 MB.',
    ])
  })

  it('says nothing if they do not', () => {
    expect(attachmentWarnings(chosen, 9)).toEqual([])
    expect(attachmentWarnings(undefined, 100)).toEqual([])
  })
})
