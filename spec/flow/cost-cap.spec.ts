import { readdir } from 'node:fs/promises'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import { openArchive } from '../../lib/report/open-archive.js'
import { scale } from '../support/scale.js'
import { type Fault, faults } from '../support/stub-server.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

const template = 'Classify: {review}'
/** US dollars of gpt-4o-mini for a million tokens. */
const usdOf = (inputTokens: number, outputTokens: number) =>
  (inputTokens * 0.15 + outputTokens * 0.6) / 1e6
const mostTokens = 1_000
/** Time passes a hundred times as fast, and a busy machine is slow. */
const patienceMs = 20_000_000
/** The most that a call of these batches can cost: its prompt has fewer than 60 bytes. */
const worstUsd = usdOf(60 + 256, mostTokens)

describe('a batch with a cap of its cost', () => {
  const bench = useBatch()
  /** What the provider bills, in US dollars: also for calls of which nobody hears. */
  let billedUsd = 0
  let random = 1

  /** A small generator, so that a failing case can be repeated. */
  function chance(): number {
    random = (random * 48_271) % 0x7fffffff
    return random / 0x7fffffff
  }

  /** A server whose answers have random lengths, up to what the calls allow. */
  function billAnswers(faultOf: (text: string) => Fault | undefined = () => undefined): void {
    bench.script.answer = text => {
      const outputTokens = Math.ceil(chance() * mostTokens)
      billedUsd += usdOf(20, outputTokens)
      const usage = { inputTokens: 20, cachedInputTokens: 0, outputTokens }
      return { text: `Answer to: ${text}`, usage }
    }
    bench.script.fault = (_number, text) => {
      const fault = faultOf(text)
      if (fault !== undefined && isBilled(fault)) billedUsd += worstUsd
      return fault
    }
  }

  /** A provider bills what it answered, whatever became of the connection. */
  function isBilled(fault: Fault): boolean {
    return fault.kind !== 'reply' || fault.status === 502
  }

  beforeEach(() => {
    billedUsd = 0
    random = 20_261_129
  })

  async function run(rows: number, changes: Partial<BatchOptions> = {}) {
    const input = await bench.workdir.write('in.csv', reviewsCsv(rows))
    const output = bench.workdir.join('out.csv')
    const options = { max_tokens: mostTokens }
    const given = { input, output, template, options, concurrency: 200, batchId: 'capped' }
    return bench.run({ ...given, timeoutMs: patienceMs, deadlineMs: patienceMs, ...changes })
  }

  const status = async () => {
    const archive = await openArchive(bench.surroundings())
    try {
      return await archive.findBatch('capped')
    } finally {
      await archive.close()
    }
  }

  it('is never billed above the cap with 200 calls in flight, and comes within the price of one call', async () => {
    billAnswers()
    bench.script.latencyMs = () => 2 + 6 * chance()
    bench.server.hold()
    const maxCostUsd = 0.3

    const running = run(3_000 * scale, { maxCostUsd })
    await bench.server.arrived(200)
    bench.server.release()
    const summary = await running

    expect(summary).toMatchObject({ status: 'paused', stopReason: { code: 'COST_CAP_REACHED' } })
    expect(bench.server.peakInFlight()).toBe(200)
    expect(billedUsd).toBeLessThanOrEqual(maxCostUsd)
    expect(billedUsd).toBeGreaterThan(maxCostUsd - worstUsd)
    expect(summary.capped).toMatchObject({ unsettledUsd: 0, maxCostUsd })
    expect(summary.capped?.settledUsd).toBeCloseTo(billedUsd, 9)
    const { answered, failed, skipped } = summary.tally
    expect(answered + failed + skipped).toBe(summary.rowsRead)
    expect(await status()).toMatchObject({ bottleneck: 'waiting for room under --max-cost' })
  })

  it('is never billed above the cap with every kind of trouble', async () => {
    const kinds = [
      ...[faults.limited(), faults.status(500), faults.status(502), faults.anthropicOverloaded],
      ...[faults.resetBeforeHeaders, faults.resetMidBody, faults.hang, faults.truncatedJson],
      ...[faults.html, faults.badRequest()],
    ]
    billAnswers(() => (chance() < 0.25 ? kinds[Math.floor(chance() * kinds.length)] : undefined))
    const maxCostUsd = 0.25

    const summary = await run(3_000 * scale, { maxCostUsd, failFast: false, timeoutMs: 30_000 })

    expect(summary.stopReason).toMatchObject({ code: 'COST_CAP_REACHED' })
    expect(billedUsd).toBeLessThanOrEqual(maxCostUsd)
    const { settledUsd, unsettledUsd } = summary.capped ?? { settledUsd: 0, unsettledUsd: 0 }
    expect(unsettledUsd).toBeGreaterThan(0)
    expect(settledUsd + unsettledUsd).toBeLessThanOrEqual(maxCostUsd)
    expect(settledUsd + unsettledUsd).toBeGreaterThan(maxCostUsd - worstUsd)
  })

  it('goes on with a higher cap, over all its runs, and asks nothing under the old one', async () => {
    billAnswers()
    const first = await run(400, { maxCostUsd: 0.03, concurrency: 20 })
    const asked = bench.server.requestCount()

    const again = await run(400, { resume: true })

    expect(again.stopReason).toMatchObject({ code: 'COST_CAP_REACHED' })
    expect(again.stopReason?.message).toBe(first.stopReason?.message)
    expect(bench.server.requestCount()).toBe(asked)

    const second = await run(400, { resume: true, maxCostUsd: 0.06, concurrency: 20 })
    expect(second).toMatchObject({ status: 'paused', capped: { maxCostUsd: 0.06 } })
    expect(billedUsd).toBeLessThanOrEqual(0.06)
    expect(billedUsd).toBeGreaterThan(0.06 - worstUsd)

    const last = await run(400, { resume: true, maxCostUsd: 10, concurrency: 20 })
    expect(last).toMatchObject({ status: 'completed', tally: { answered: 400 } })
    expect((await status())?.costUsd).toBeCloseTo(billedUsd, 9)
    expect(await bench.workdir.read('out.csv')).toBe(
      `id,review,response\n${Array.from(
        { length: 400 },
        (_, index) =>
          `${index},review number ${index},Answer to: Classify: review number ${index}\n`,
      ).join('')}`,
    )
  })

  it('pauses before the first call if that call has no room', async () => {
    const summary = await run(3, { maxCostUsd: 0.0001 })

    expect(summary).toMatchObject({ status: 'paused', rowsRead: 3, tally: { skipped: 3 } })
    expect(summary.stopReason?.remedy).toContain('-o max_tokens N')
    expect(bench.server.requestCount()).toBe(0)
  })

  it('completes if the cap is enough, and has nothing to say', async () => {
    const summary = await run(20, { maxCostUsd: 5 })

    expect(summary).toMatchObject({ status: 'completed', stopReason: undefined })
    expect(bench.server.requestCount()).toBe(20)
  })

  it('takes the model’s longest answer if no option limits the answers', async () => {
    const summary = await run(10, { maxCostUsd: 0.0105, options: {}, concurrency: 10 })

    // One call may cost 16,384 × $0.60 / 1,000,000 and its prompt, so they run one by one.
    expect(summary).toMatchObject({ status: 'completed' })
    expect(bench.server.peakInFlight()).toBe(1)
  })

  it('counts the calls that an abort breaks off for what they may cost', async () => {
    bench.server.hold()
    const { openBatch } = await import('../../lib/plan/open-batch.js')
    const { runError } = await import('../../lib/error/batch-error.js')
    const input = await bench.workdir.write('in.csv', reviewsCsv(50))
    const options = { max_tokens: mostTokens }
    const batch = await openBatch(
      {
        ...{ input, output: bench.workdir.join('out.csv'), template, options, batchId: 'capped' },
        ...{ model: 'gpt-4o-mini', concurrency: 7, maxCostUsd: 1 },
      },
      bench.surroundings(),
    )
    const running = batch.run()
    await bench.server.arrived(7)

    batch.abort(runError('RUN_INTERRUPTED', 'Interrupted'))
    const summary = await running
    await batch.close()
    bench.server.release()

    const unsettledUsd = summary.capped?.unsettledUsd ?? 0
    expect(unsettledUsd).toBeGreaterThan(7 * usdOf(0, mostTokens))
    expect(unsettledUsd).toBeLessThan(7 * worstUsd)
    expect((await status())?.unsettledUsd).toBe(unsettledUsd)
  })

  it('does not say $0 of answers whose tokens nobody counts', async () => {
    const usage = { inputTokens: Number.NaN, outputTokens: Number.NaN }
    bench.script.answer = () => ({ text: 'fine', usage })

    const summary = await run(5, { maxCostUsd: 1 })

    expect(summary).toMatchObject({ status: 'completed', tally: { costUsd: undefined } })
    expect(summary.capped?.unsettledUsd).toBeGreaterThan(5 * usdOf(0, mostTokens))
    expect(await status()).toMatchObject({ costUsd: undefined, unpricedAnswers: 5 })
  })

  it('records what a misfit has cost when its second call is broken off', async () => {
    const usage = { inputTokens: 20, cachedInputTokens: 0, outputTokens: 10 }
    bench.script.answer = () => ({ text: '{}', usage })
    bench.script.fault = number => (number > 3 ? faults.hang : undefined)
    const { openBatch } = await import('../../lib/plan/open-batch.js')
    const { runError } = await import('../../lib/error/batch-error.js')
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const batch = await openBatch(
      {
        ...{ input, output: bench.workdir.join('out.csv'), template, batchId: 'capped' },
        ...{ model: 'gpt-4o-mini', concurrency: 3, schema: 'mood str', timeoutMs: patienceMs },
      },
      bench.surroundings(),
    )
    const running = batch.run()
    await bench.server.arrived(6)

    batch.abort(runError('RUN_INTERRUPTED', 'Interrupted'))
    const summary = await running
    await batch.close()

    expect(summary).toMatchObject({ status: 'paused', tally: { failed: 3, outputTokens: 30 } })
    const recorded = await status()
    expect(recorded).toMatchObject({ failedPrompts: 3 })
    expect(recorded?.costUsd).toBeCloseTo(usdOf(60, 30), 9)
  })

  it('says nothing for a model that costs nothing', async () => {
    const summary = await run(5, { maxCostUsd: 0.000001, model: 'echo', options: {} })

    expect(summary).toMatchObject({ status: 'completed' })
    expect(summary.capped).toBeUndefined()
  })

  it.each([
    ['an unknown price', { maxCostUsd: 5, model: 'openai/gpt-4o-mystery' }, 'PRICE_UNKNOWN'],
    ['a cap of zero', { maxCostUsd: 0 }, 'OPTIONS_INVALID'],
    ['a cap below zero', { maxCostUsd: -1 }, 'OPTIONS_INVALID'],
    ['a cap that is no number', { maxCostUsd: Number.NaN }, 'OPTIONS_INVALID'],
    ['a cap without end', { maxCostUsd: Number.POSITIVE_INFINITY }, 'OPTIONS_INVALID'],
  ])('is refused with %s, before anything is asked or written', async (_, changes, code) => {
    await expect(run(3, { options: {}, ...changes })).rejects.toMatchObject({ code, reach: 'run' })

    expect(bench.server.requestCount()).toBe(0)
    expect(await readdir(bench.workdir.path)).toEqual(['in.csv'])
  })
})
