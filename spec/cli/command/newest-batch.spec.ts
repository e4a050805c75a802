import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { runInProcess } from '../run-in-process.js'

let folder: Workdir

beforeEach(async () => {
  folder = await makeWorkdir()
  await folder.write('rows.csv', 'name,age\nAda,36\n')
})
afterEach(() => folder.remove())

const llm = (...words: readonly string[]) => runInProcess(words, { folder: folder.path })

const run = (id: string, template = '{name}') =>
  llm('batch', folder.join('rows.csv'), '-t', template, '-m', 'echo', '-q', '--batch-id', id)

describe('llm batch status, errors, cancel without an id', () => {
  it('mean the newest batch, and say which it is', async () => {
    await run('older')
    await run('newer')

    const status = await llm('batch', 'status')
    const errors = await llm('batch', 'errors')
    const cancel = await llm('batch', 'cancel')

    expect(status).toMatchObject({ code: 0, out: expect.stringMatching(/^newer: completed\n/) })
    expect(errors).toMatchObject({ code: 0, error: 'newer: 0 failed rows\n' })
    expect(cancel.out).toBe('newer is not running (completed): there is nothing to cancel.\n')
  })

  it.each(['status', 'errors', 'cancel'])('%s refuses if there is no batch', async command => {
    const ended = await llm('batch', command)

    expect(ended).toMatchObject({ code: 2, out: '' })
    expect(ended.error).toMatch(/^Error: No batches yet\nRun one with: llm batch INPUT/)
  })

  it.each(['remove', 'prune'])('%s never takes the newest by itself', async command => {
    await run('only')

    expect(await llm('batch', command, '--yes')).toMatchObject({ code: 2 })
    expect((await llm('batch', 'status', 'only')).code).toBe(0)
  })
})

describe('llm batch errors of a batch without failures', () => {
  it("prints the header that failures would have, with the input's columns", async () => {
    await run('good')

    expect(await llm('batch', 'errors', 'good')).toEqual({
      code: 0,
      out: 'name,age,error_code,error_message\n',
      error: '',
    })
  })

  it('still does after the batch was resumed', async () => {
    await run('good')
    await folder.write('rows.csv', 'name,age\nAda,36\nAlan,41\n')
    const words = ['batch', folder.join('rows.csv'), '--resume', '--batch-id', 'good', '-q']

    expect(await llm(...words)).toMatchObject({ code: 0, error: '' })
    expect((await llm('batch', 'errors', 'good')).out).toBe('name,age,error_code,error_message\n')
  })
})
