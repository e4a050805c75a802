import type { BatchOptions } from '../../../lib/config/batch-options.js'
import { openHome } from '../../../lib/home/open-home.js'
import { chooseBatch } from '../../../lib/plan/batch/choose-batch.js'
import { reviewsCsv, useBatch } from '../../support/use-batch.js'

describe('chooseBatch', () => {
  const bench = useBatch()
  const choose = async (options: Partial<BatchOptions>) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(2))
    const { clock: _, ...surroundings } = bench.surroundings()
    return chooseBatch({ input, ...options }, openHome(surroundings), surroundings)
  }
  const begin = async (options: Partial<BatchOptions> = {}) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(2))
    const template = 'Classify: {review}'
    return bench.run({ input, template, batchId: 'b', limit: 1, retries: 2, ...options })
  }

  it('begins a batch that is named after its input', async () => {
    const { id, recorded, options } = await choose({})
    expect(id).toMatch(/^in-\w{6}$/)
    expect(recorded).toBeUndefined()
    expect(options.input).toBe(bench.workdir.join('in.csv'))
    const { id: ofNone } = await choose({ input: [] })
    expect(ofNone).toMatch(/^batch-\w{6}$/)
    expect((await choose({ batchId: 'mine' })).id).toBe('mine')
  })

  it('resumes a recorded batch with its options', async () => {
    await begin()
    const { id, recorded, options } = await choose({ resume: true })
    expect([id, recorded?.status]).toEqual(['b', 'paused'])
    expect(options).toMatchObject({ template: 'Classify: {review}', retries: 2, resume: true })
  })

  it('starts a recorded batch again as a new one, with its options', async () => {
    await begin()
    const { id, recorded, options } = await choose({ resume: true, restart: true, retries: 7 })
    expect(id).toMatch(/^in-\w{6}$/)
    expect(recorded).toBeUndefined()
    expect(options).toMatchObject({
      ...{ template: 'Classify: {review}', retries: 7 },
      ...{ resume: false, batchId: undefined, overwrite: true },
    })
  })

  it('tells standard output from files, for a batch that goes on if it has failed', async () => {
    await begin()
    const output = bench.workdir.join('out.csv')
    const ids = async (said: Partial<BatchOptions>) =>
      (await choose({ resumeOnFailure: true, ...said })).id
    expect(await ids({})).toBe('b')
    expect(await ids({ output: '-' })).toBe('b')
    expect(await ids({ output })).not.toBe('b')
  })

  it('takes no id of another batch', async () => {
    await begin()
    await expect(choose({ batchId: 'b' })).rejects.toMatchObject({ code: 'BATCH_ID_TAKEN' })
    expect((await choose({ batchId: 'b', resumeOnFailure: true })).recorded?.id).toBe('b')
    await begin({ resume: true, limit: undefined })
    const completed = choose({ batchId: 'b', resumeOnFailure: true })
    await expect(completed).rejects.toMatchObject({
      code: 'BATCH_ID_TAKEN',
      message: `Batch b already exists: ${bench.workdir.join('in.csv')} (completed)`,
    })
  })
})
