import { openBatch } from '../../lib/plan/open-batch.js'
import { faults } from '../support/stub-server.js'
import { until } from '../support/until.js'
import { useBatch } from '../support/use-batch.js'

describe('what holds a run back', () => {
  const bench = useBatch()

  it('is the wait for the next attempts when all rows that are left wait for theirs', async () => {
    const asked = new Set<string>()
    bench.script.fault = (_number, text) => {
      if (asked.has(text)) return undefined
      asked.add(text)
      return faults.retryAfter(50)
    }
    const input = await bench.workdir.write('in.txt', 'one\ntwo\n')
    const batch = await openBatch(
      { input, model: 'gpt-4o-mini', output: bench.workdir.join('out.csv'), concurrency: 3 },
      bench.surroundings(),
    )

    const running = batch.run()
    await until(() => asked.size === 2 && batch.progress().callsInFlight === 0)

    const { bottleneck, leastLeftMs = 0 } = batch.progress()
    expect(bottleneck).toEqual({ kind: 'wait', ms: expect.any(Number) })
    expect((bottleneck as { ms: number }).ms).toBeLessThanOrEqual(50_000)
    expect(leastLeftMs).toBeGreaterThan(0)
    expect(await running).toMatchObject({ tally: { answered: 2 } })
    await batch.close()
  })
})
