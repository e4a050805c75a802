import { type Bottleneck, bottleneckText, leastWaitMs } from '../../lib/call/bottleneck.js'

const all: readonly [Bottleneck, string, number][] = [
  [{ kind: 'rate-limit' }, 'rate limit', 0],
  [{ kind: 'concurrency' }, 'concurrency', 0],
  [{ kind: 'server', limit: 3 }, 'the server (3 at once)', 0],
  [{ kind: 'server' }, 'the server', 0],
  [{ kind: 'wait', ms: 17_400 }, 'a wait of 18 s', 18_000],
  [{ kind: 'input' }, 'the input', 0],
  [{ kind: 'output' }, 'the output', 0],
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
