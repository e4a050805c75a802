import { costCapText } from '../../lib/call/bottleneck.js'
import { batchReport } from '../../lib/report/batch-report.js'
import { makeStoredBatch, startedMs } from '../cli/make-stored-batch.js'

const report = (said: Parameters<typeof makeStoredBatch>[0] = {}) =>
  batchReport({
    batch: makeStoredBatch(said),
    errors: [],
    nowMs: startedMs + 120_000,
    workingDirectory: '/home/ada',
  })

describe('batchReport', () => {
  it('foresees the end from the rate of the last minute', () => {
    expect(report({ totalPrompts: 1834 }).leftMs).toBe(60_000)
    expect(report({ totalPrompts: 1000 }).leftMs).toBe(0)
  })

  it('foresees no end before that of a wait that holds it', () => {
    const bottleneck = 'waiting for the next attempt, 90 s'
    expect(report({ totalPrompts: 1834, bottleneck }).leftMs).toBe(90_000)
    expect(
      report({ totalPrompts: 1834, bottleneck: 'waiting for requests per minute (openai), 18 s' })
        .leftMs,
    ).toBe(60_000)
    expect(report({ totalPrompts: 1000, bottleneck }).leftMs).toBe(0)
  })

  it.each([
    ['nobody knows how many rows there are', { totalPrompts: undefined }],
    ['nothing ends', { ratePerMinute: 0 }],
    ['nobody knows the rate', { ratePerMinute: undefined }],
    ['it is not running', { status: 'paused' as const }],
  ])('foresees no end when %s', (_when, said) => {
    expect(report(said).leftMs).toBeUndefined()
  })

  it('lasts until now while it runs, else until its last sign of life', () => {
    expect(report().durationMs).toBe(120_000)
    expect(report({ status: 'paused' }).durationMs).toBe(60_000)
    expect(report({ createdAtMs: startedMs + 200_000 }).durationMs).toBe(0)
  })

  it.each([
    ['paused', 34, 'llm batch reviews.csv --resume --batch-id reviews-k3x9qd'],
    ['failed', 0, 'llm batch reviews.csv --resume --batch-id reviews-k3x9qd'],
    ['cancelled', 0, 'llm batch reviews.csv --resume --batch-id reviews-k3x9qd'],
    ['completed', 0, undefined],
    ['running', 34, undefined],
  ] as const)(
    'says how to go on with one %s with %d failed rows',
    (status, failedPrompts, command) => {
      expect(report({ status, failedPrompts }).resumeCommand).toBe(command)
    },
  )

  const costCapped = { status: 'paused', bottleneck: costCapText } as const
  const resume = 'llm batch reviews.csv --resume --batch-id reviews-k3x9qd'

  it.each([
    ['what its rows have cost', { costUsd: 5, totalPrompts: 3702 }, ' --max-cost 20'],
    [
      'what is still unsettled too',
      { costUsd: 1, unsettledUsd: 4, totalPrompts: 3702 },
      ' --max-cost 20',
    ],
    ['twice the cap, if nothing is spent', { costUsd: undefined }, ' --max-cost 10'],
  ])('proposes a cap for one that has reached its own, by %s', (_by, said, option) => {
    const config = { maxCostUsd: 5 }
    expect(report({ ...costCapped, config, ...said }).resumeCommand).toBe(resume + option)
  })

  it('proposes no cap without one, or if something else held the batch', () => {
    expect(report(costCapped).resumeCommand).toBe(resume)
    expect(report({ ...costCapped, config: { maxCostUsd: '5' } }).resumeCommand).toBe(resume)
    const config = { maxCostUsd: 5 }
    expect(report({ status: 'paused', config }).resumeCommand).toBe(resume)
  })
})
