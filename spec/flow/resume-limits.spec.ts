import { PassThrough } from 'node:stream'
import { BatchError } from '../../lib/error/batch-error.js'
import { openBatch } from '../../lib/plan/open-batch.js'
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
    const again = await bench.run({ input, batchId, resume: true })

    expect(again.tally).toMatchObject({ answered: 40 })
    expect(bench.server.requestCount()).toBe(40)
  })

  it('is refused where the answers are gone, since it would ask for all of them again', async () => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(10))
    const given = { input, output: bench.workdir.join('out.csv'), template, batchId: 'gone' }
    expect(await bench.run({ ...given, log: false })).toMatchObject({ status: 'completed' })

    const elsewhere = {
      input,
      output: bench.workdir.join('other.csv'),
      batchId: 'gone',
      resume: true,
    }
    await expect(bench.run(elsewhere)).rejects.toMatchObject({
      code: 'BATCH_CHANGED',
      remedy: expect.stringContaining('--restart'),
    })
    expect(bench.server.requestCount()).toBe(10)
  })

  it('has the answers of a batch with failed rows although they are not logged', async () => {
    bench.script.fault = (_number, text) => (text.endsWith(' 3') ? faults.badRequest() : undefined)
    const input = await bench.workdir.write('in.csv', reviewsCsv(10))
    const given = { input, output: bench.workdir.join('out.csv'), template, batchId: 'kept' }
    expect(await bench.run({ ...given, log: false })).toMatchObject({ status: 'failed' })
    bench.script = {}

    const again = await bench.run({ input, batchId: 'kept', resume: true })

    expect(again).toMatchObject({ status: 'completed', tally: { answered: 10, recalled: 9 } })
    expect(bench.server.requestCount()).toBe(11)
  })
})

describe('a limit', () => {
  const bench = useBatch()

  it.each([
    ['small', 20],
    ['of over 4 MiB', 1_100_000],
  ])(
    'that keeps rows from a run pauses it, and one that keeps none does not, in a file that is %s',
    async (_size, cell) => {
      const rows = Array.from({ length: 4 }, (_, index) => `${index},${'x'.repeat(cell)}\n`)
      const input = await bench.workdir.write('in.csv', `id,long\n${rows.join('')}`)
      const asked = { input, template: 'Say {id}', overwrite: true }

      for (const [limit, status] of [
        [3, 'paused'],
        [4, 'completed'],
        [5, 'completed'],
      ] as const) {
        const output = bench.workdir.join('out.csv')
        expect(await bench.run({ ...asked, output, limit })).toMatchObject({ status })
      }
    },
  )

  it('of rows from a pipe that stays open ends the run at once, as paused', async () => {
    const stdin = new PassThrough()
    stdin.write('one\ntwo\n')

    const summary = await bench.run(
      { input: '-', inputFormat: 'text', limit: 2, output: bench.workdir.join('out.csv') },
      { stdin },
    )

    expect(summary).toMatchObject({ status: 'paused', tally: { answered: 2 } })
  })
})
