import { progressLine } from '../../../lib/cli/text/progress-line.js'
import { emptyTally } from '../../../lib/row/tally.js'
import type { BatchProgress } from '../../../lib/run/progress.js'

const progress: BatchProgress = {
  rowsRead: 5000,
  rowsTotal: 10_000,
  bytesRead: 500,
  bytesTotal: 1000,
  tally: {
    ...emptyTally,
    answered: 2490,
    failed: 10,
    inputTokens: 40_000,
    outputTokens: 5200,
    costUsd: 1.5,
  },
  callsInFlight: 5,
  rowsWritten: 2500,
  elapsedMs: 250_000,
  isStopping: false,
  bottleneck: { kind: 'concurrency' },
}
const wideLine = (shown: BatchProgress) => progressLine(shown, 300, 10)

describe('progressLine', () => {
  it('shows bar, rows, failures, rate, time left, what holds the run back, and tokens', () => {
    expect(wideLine(progress)).toBe(
      '██████░░░░░░░░░░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 5 in flight · 10.0 rows/s · 12m 30s left' +
        ' · held by the concurrency · 40.0k input, 5.20k output tokens · $1.50',
    )
  })

  it('proposes more concurrency if one call at a time holds the run back', () => {
    const oneByOne = { ...progress, callsInFlight: 1 }
    expect(wideLine(oneByOne)).toContain(' · faster with --concurrency 5 · ')
    const auto = { ...oneByOne, bottleneck: { kind: 'concurrency', found: 1 } } as const
    expect(wideLine(auto)).toContain('held by the concurrency (auto, 1 now)')
  })

  it.each([
    [2400, ' · last error: no such host, next attempt in 3 s · '],
    [Number.POSITIVE_INFINITY, ' · last error: no such host · '],
  ])('shows the last error, and a next attempt in %d ms', (ms, words) => {
    const retrying = { error: 'no\u001b[2J such\nhost', ms }
    expect(wideLine({ ...progress, retrying })).toContain(words)
    expect(wideLine({ ...progress, retrying, isStopping: true })).not.toContain('last error')
  })

  it.each([
    [12.34, '12.3 rows/s'],
    [1, '1.0 rows/s'],
    [0.5, '2.0 s a row'],
    [0.05, '20 s a row'],
    [0.001, '16m 40s a row'],
    [0, 'flight · held'],
  ])('says %d rows a second so that a person can imagine it', (perSecond, words) => {
    expect(progressLine(progress, 300, perSecond)).toContain(words)
  })

  it('counts no skipped row as done, and says while it stops what it waits for', () => {
    const tally = { ...progress.tally, skipped: 4000 }

    expect(wideLine({ ...progress, tally, isStopping: true })).toBe(
      '██████░░░░░░░░░░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 10.0 rows/s · 12m 30s left' +
        ' · stopping: 5 calls in flight · 40.0k input, 5.20k output tokens · $1.50',
    )
  })

  it('shows cached and reasoning tokens, and a cost that is not known or not whole', () => {
    const further = { cachedInputTokens: 1200, reasoningTokens: 700 }
    const ending = (tally: object) =>
      wideLine({ ...progress, tally: { ...progress.tally, ...tally } })
        .split(' · ')
        .slice(6)
        .join(' · ')

    expect(ending(further)).toBe(
      'held by the concurrency · 40.0k input (1.20k cached), 5.20k output (700 reasoning) tokens · $1.50',
    )
    expect(ending({ costUsd: undefined, unpricedAnswers: 9 })).toMatch(/ tokens · cost unknown$/)
    expect(ending({ unpricedAnswers: 9 })).toMatch(/ tokens · >\$1\.50$/)
    expect(ending({ costUsd: 0 })).toMatch(/ tokens$/)
  })

  it.each([
    [
      155,
      '██████░░░░░░░░░░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 5 in flight · 10.0 rows/s · 12m 30s left · held by the concurrency · 45.2k tokens · $1.50',
    ],
    [
      140,
      '██████░░░░░░░░░░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 5 in flight · 10.0 rows/s · 12m 30s left · held by the concurrency · $1.50',
    ],
    [
      133,
      '██████░░░░░░░░░░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 5 in flight · 10.0 rows/s · 12m 30s left · held by the concurrency',
    ],
    [
      111,
      '███░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 10.0 rows/s · 12m 30s left · held by the concurrency',
    ],
    [80, '███░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 10.0 rows/s · 12m 30s left'],
    [70, '███░░░░░░░░░ 25% · 2,500/10,000 rows · 10 failed · 12m 30s left'],
    [50, '2,500/10,000 rows · 10 failed · 12m 30s left'],
    [30, '2,500/10,000 rows · 10 failed'],
    [10, '2,500/10,…'],
    [0, ''],
  ])('fits %d columns', (columns, text) => {
    const line = progressLine(progress, columns, 10)
    expect(line).toBe(columns === 0 ? '…' : text)
  })

  it('says the last error and the next attempt while rows are tried again', () => {
    const error = 'OpenAI failed: \u001b[2Jbusy (HTTP 500)'
    const retrying = { ...progress, retrying: { error, ms: 3_400 } }
    const words = 'last error: OpenAI failed: busy (HTTP 500), next attempt in 4 s'

    expect(wideLine(retrying)).toContain(` · held by the concurrency · ${words} · `)
    expect(wideLine({ ...retrying, bottleneck: { kind: 'wait', ms: 3_400 } })).toContain(
      `12m 30s left · ${words} · 40.0k input`,
    )
    expect(wideLine({ ...retrying, isStopping: true })).not.toContain('last error')
    expect(progressLine(retrying, 111, 10)).toMatch(/left · held by the concurrency$/)
    const endless = { ...retrying, retrying: { error: '你'.repeat(400), ms: 1 } }
    expect(wideLine(endless)).toContain(`last error: ${'你'.repeat(39)}…, next attempt in 1 s`)
  })

  it('never is wider than there is room', () => {
    for (let columns = 1; columns < 200; columns += 1) {
      const line = progressLine(progress, columns, 10)
      expect(line.length).toBeLessThanOrEqual(columns)
    }
  })

  it('goes by bytes as long as the number of rows is unknown', () => {
    const reading = { ...progress, rowsTotal: undefined, bytesRead: 50_000, bytesTotal: 200_000 }
    expect(wideLine(reading)).toContain('12% · 2,500 rows · 50.0/200.0 kB read · 10 failed')
    // 5,000 rows in a quarter of the bytes: 20,000 in all, 17,500 to go.
    expect(wideLine(reading)).toContain('29m 10s left')
  })

  it('does not take a small file, which is read at once, for done', () => {
    const small = {
      ...progress,
      rowsTotal: undefined,
      rowsRead: 300,
      bytesRead: 900,
      bytesTotal: 900,
    }
    const line = wideLine({ ...small, tally: emptyTally, bottleneck: undefined })
    expect(line).toBe('0 rows · 900/900 B read · 5 in flight · 10.0 rows/s')
  })

  it('counts only, where neither rows nor bytes have a known end', () => {
    const pipe = { ...progress, rowsTotal: undefined, bytesTotal: undefined, bottleneck: undefined }
    const tally = { ...emptyTally, answered: 7 }
    expect(wideLine({ ...pipe, tally })).toBe('7 rows · 5 in flight · 10.0 rows/s')
    expect(progressLine({ ...pipe, tally }, 99, undefined)).toBe('7 rows · 5 in flight')
  })

  it('gives no time left when nothing moves, or nothing is left', () => {
    expect(progressLine(progress, 300, 0)).not.toContain('left')
    const done = { ...progress, tally: { ...emptyTally, answered: 10_000 } }
    expect(wideLine(done)).toContain('100% · 10,000/10,000 rows · 5 in flight · 10.0 rows/s · held')
  })

  it('gives as time left no less than rows that wait for their next attempts take', () => {
    const waiting = (leastLeftMs: number) => wideLine({ ...progress, leastLeftMs })
    expect(waiting(3_600_000)).toContain('1h 00m left')
    expect(waiting(18_000)).toContain('12m 30s left')
  })

  it('copes with an empty input', () => {
    const empty = { ...progress, rowsTotal: 0, rowsRead: 0, tally: emptyTally, bytesTotal: 0 }
    expect(wideLine(empty)).toContain('100% · 0/0 rows')
    expect(wideLine({ ...empty, rowsTotal: undefined })).toContain('0 rows · 500/0 B read')
  })

  it.each([
    [
      { kind: 'limit', what: 'tokens per minute', provider: 'anthropic', ms: 11_500 },
      'waiting for tokens per minute (anthropic), 12 s',
    ],
    [{ kind: 'concurrency' }, 'held by the concurrency'],
    [{ kind: 'server', limit: 3 }, 'held by the server (3 at once)'],
    [{ kind: 'wait', ms: 12_000 }, 'waiting for the next attempt, 12 s'],
    [{ kind: 'input' }, 'waiting for input'],
    [{ kind: 'output' }, 'waiting for the output'],
  ] as const)('says what holds the run back: %j', (bottleneck, text) => {
    expect(wideLine({ ...progress, bottleneck })).toContain(text)
  })
})
