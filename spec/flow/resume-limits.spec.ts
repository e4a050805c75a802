import { openBatch } from '../../lib/api/open-batch.js'
import { BatchError } from '../../lib/error/batch-error.js'
import { faults } from '../support/stub-server.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

const template = 'Classify: {review}'

describe('what a resumed run keeps', () => {
  const bench = useBatch()

  const interrupted = async (options: object) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(40))
    const output = bench.workdir.join('out.csv')
    const given = { input, output, template, model: 'gpt-4o-mini', concurrency: 2, ...options }
    const batch = await openBatch(given, bench.surroundings())
    const running = batch.run()
    await bench.server.arrived(20)
    batch.stop(new BatchError('Interrupted', { code: 'RUN_INTERRUPTED', reach: 'run' }))
    await running
    await batch.close()
    return { input, batchId: batch.plan.batchId }
  }

  it('keeps the answers of rows behind a limit', async () => {
    const { input, batchId } = await interrupted({})
    const asked = bench.server.requestCount()

    await bench.run({ input, batchId, resume: true, limit: 5 })
    expect(bench.server.requestCount()).toBe(asked)
    const again = await bench.run({ input, batchId, resume: true, retryFailed: true, limit: 40 })

    expect(again.tally).toMatchObject({ answered: 40 })
    expect(bench.server.requestCount()).toBe(40)
  })

  it('refuses to ask the failed rows alone when the answers of the others are gone', async () => {
    bench.script.fault = (_number, text) => (text.endsWith(' 3') ? faults.badRequest() : undefined)
    const input = await bench.workdir.write('in.csv', reviewsCsv(10))
    const given = { input, output: bench.workdir.join('out.csv'), template, batchId: 'gone' }
    await bench.run({ ...given, log: false })

    await expect(bench.run({ input, batchId: 'gone', retryFailed: true })).rejects.toMatchObject({
      code: 'BATCH_CHANGED',
      remedy: expect.stringContaining('llm batch errors gone'),
    })
    expect(bench.server.requestCount()).toBe(10)
  })
})
