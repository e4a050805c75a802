import { openBatch } from '../../lib/plan/open-batch.js'
import { range } from '../support/rows.js'
import { faults } from '../support/stub-server.js'
import { until } from '../support/until.js'
import { useBatch } from '../support/use-batch.js'

describe('a run with `concurrency: auto`', () => {
  const bench = useBatch()
  const rows = 1_500
  const ceiling = 12

  async function batchOf(count = rows) {
    const input = await bench.workdir.write('in.txt', `${range(count).join('\n')}\n`)
    const output = bench.workdir.join('out.csv')
    // The clock is fast: a call that timed out on a busy machine would keep its place at the server.
    const patience = { timeoutMs: 86_400_000, deadlineMs: 864_000_000, retries: 50 }
    return { input, output, batchId: 'found', failFast: false, ...patience }
  }

  it('uses what a server takes, is refused little, and answers every row', async () => {
    let served = 0
    let refused = 0
    let isRefused = false
    bench.script.fault = () => {
      isRefused = served >= ceiling
      if (isRefused) refused += 1
      else served += 1
      return isRefused ? faults.status(429) : undefined
    }
    // Asked for right after the fault: a server refuses at once.
    bench.script.latencyMs = () => (isRefused ? 0 : 10)
    bench.script.answer = text => {
      served -= 1
      return text
    }

    const summary = await bench.run({ ...(await batchOf()), concurrency: 'auto' })

    expect(summary.tally).toMatchObject({ answered: rows, failed: 0 })
    expect(bench.server.peakInFlight()).toBeGreaterThanOrEqual(ceiling)
    // A fixed concurrency above the ceiling would have most of its calls refused.
    expect(refused).toBeLessThan(rows * 0.1)
  })

  it('says the number found, and is recorded as auto', async () => {
    const options = { ...(await batchOf(40)), model: 'gpt-4o-mini', concurrency: 'auto' } as const
    bench.server.hold()
    const batch = await openBatch(options, bench.surroundings())
    const running = batch.run()
    await bench.server.arrived(4)
    await until(() => batch.progress().bottleneck !== undefined)

    expect(batch.plan).toMatchObject({ isConcurrencyAuto: true })
    expect(batch.progress().bottleneck).toEqual({ kind: 'concurrency', found: 4 })
    expect(bench.server.inFlight()).toBe(4)
    bench.server.release()
    await running
    await batch.close()

    const again = await openBatch(
      { input: options.input, resume: true, batchId: 'found' },
      bench.surroundings(),
    )
    expect(again.before?.config).toMatchObject({ concurrency: 'auto' })
    await again.close()
  })

  it('gives way to a number that a resume names', async () => {
    await bench.run({ ...(await batchOf(5)), concurrency: 'auto', limit: 2 })
    const resumed = { input: bench.workdir.join('in.txt'), resume: true, batchId: 'found' }
    const batch = await openBatch({ ...resumed, concurrency: 3 }, bench.surroundings())

    expect(batch.plan).toMatchObject({ concurrency: 3, isConcurrencyAuto: false })
    await batch.close()
  })
})
