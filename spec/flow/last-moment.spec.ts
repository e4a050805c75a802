import { BatchError } from '../../lib/error/batch-error.js'
import { openBatch } from '../../lib/plan/open-batch.js'
import type { Batch } from '../../lib/run/plan.js'
import { queryDatabase } from '../support/query-database.js'
import { scale } from '../support/scale.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

const interrupted = () => new BatchError('Interrupted', { code: 'RUN_INTERRUPTED', reach: 'run' })

describe('an interrupt at the last moment', () => {
  const bench = useBatch()

  const open = async (id: string, changes: object = {}) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const output = bench.workdir.join(`${id}.csv`)
    const options = { model: 'gpt-4o-mini', template: '{review}', concurrency: 3, batchId: id }
    return openBatch({ input, output, ...options, ...changes }, bench.surroundings())
  }
  const recorded = () =>
    queryDatabase(
      bench.workdir.join('llm-user/logs.db'),
      'select id, status from batch_runs order by rowid',
    )

  it('when the last calls are in flight keeps nothing from its turn: the batch is completed', async () => {
    bench.server.hold()
    const batch = await open('last')
    const running = batch.run()
    await bench.server.arrived(3)
    batch.stop(interrupted())
    bench.server.release()
    const summary = await running
    await batch.close()

    expect(summary).toMatchObject({ status: 'completed', output: 'all', stopReason: undefined })
    expect(await recorded()).toEqual([{ id: 'last', status: 'completed' }])
    expect(await bench.workdir.read('last.csv')).toContain('2,review number 2,Answer')
  })

  it('leaves a batch paused that has rows left, though all its calls ended', async () => {
    bench.server.hold()
    const batch = await open('early', { concurrency: 2 })
    const running = batch.run()
    await bench.server.arrived(2)
    batch.stop(interrupted())
    bench.server.release()
    const summary = await running
    await batch.close()

    expect(summary).toMatchObject({ status: 'paused', stopReason: { code: 'RUN_INTERRUPTED' } })
    expect(await recorded()).toEqual([{ id: 'early', status: 'paused' }])
  })

  /** Runs a batch, and acts after so many turns; gives the turns that it took. */
  async function runFor(id: string, turns: number, act: (batch: Batch) => void) {
    const batch = await open(id)
    let isOver = false
    const running = batch.run().finally(() => {
      isOver = true
    })
    let taken = 0
    for (; !isOver; taken += 1) {
      if (taken === turns) act(batch)
      await new Promise(setImmediate)
    }
    const { status, stopReason } = await running
    await batch.close()
    return { status, stopReason, taken }
  }

  it.each(['stop', 'abort'] as const)(
    'says of the batch what its record says, in whatever turn it comes to %s',
    async way => {
      const { taken: all } = await runFor('whole', Number.POSITIVE_INFINITY, () => {})
      const ends: object[] = [{ id: 'whole', status: 'completed' }]
      const parts = scale > 1 ? 50 : 12
      for (let part = 0; part < 1.2 * parts; part += 1) {
        const id = `part-${part}`
        const turns = Math.round((all * part) / parts)
        const end = await runFor(id, turns, batch => batch[way](interrupted()))
        ends.push({ id, status: end.status })
        expect(end.stopReason === undefined).toBe(end.status === 'completed')
      }

      expect(await recorded()).toEqual(ends)
    },
  )
})
