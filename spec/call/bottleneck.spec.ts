import { type Bottleneck, bottleneckText, leastWaitMs } from '../../lib/call/bottleneck.js'

const all: readonly [Bottleneck, string, number][] = [
  [
    { kind: 'limit', what: 'tokens per minute', provider: 'anthropic', ms: 11_300 },
    'waiting for tokens per minute (anthropic), 12 s',
    12_000,
  ],
  [
    { kind: 'limit', what: 'requests per minute', ms: 400 },
    'waiting for requests per minute (your limit), 1 s',
    1_000,
  ],
  [
    { kind: 'limit', what: 'tokens per minute', isAfterLargeCall: true, ms: 240_000 },
    'waiting for tokens per minute (your limit) after a call above the limit, 240 s',
    240_000,
  ],
  [
    { kind: 'limit', what: 'requests per day', provider: 'groq', ms: Number.POSITIVE_INFINITY },
    'waiting for requests per day (groq)',
    0,
  ],
  [{ kind: 'concurrency' }, 'held by the concurrency', 0],
  [{ kind: 'concurrency', found: 38 }, 'held by the concurrency (auto, 38 now)', 0],
  [{ kind: 'server', limit: 3 }, 'held by the server (3 at once)', 0],
  [{ kind: 'wait', ms: 17_400 }, 'waiting for the next attempt, 18 s', 18_000],
  [{ kind: 'input' }, 'waiting for input', 0],
  [{ kind: 'output' }, 'waiting for the output', 0],
]

describe('bottleneckText', () => {
  it.each(all)('says of %j: %s', (bottleneck, words) => {
    expect(bottleneckText(bottleneck)).toBe(words)
  })

  it('says nothing of nothing', () => {
    expect(bottleneckText(undefined)).toBeUndefined()
  })
})

describe('leastWaitMs', () => {
  it.each(all)(
    'reads back from the words for %j (%s) how long is waited at the least',
    (_, words, ms) => {
      expect(leastWaitMs(words)).toBe(ms)
    },
  )

  it('is nothing for no words', () => {
    expect(leastWaitMs(undefined)).toBe(0)
  })
})
