import { type HoldUp, holdUpWords, leastWaitMs } from '../../lib/call/hold-up.js'

const all: readonly [HoldUp, string, number][] = [
  [{ kind: 'rate-limit' }, 'rate limit', 0],
  [{ kind: 'concurrency' }, 'concurrency', 0],
  [{ kind: 'server', limit: 3 }, 'the server (3 at once)', 0],
  [{ kind: 'server' }, 'the server', 0],
  [{ kind: 'wait', ms: 17_400 }, 'a wait of 18 s', 18_000],
  [{ kind: 'input' }, 'the input', 0],
  [{ kind: 'output' }, 'the output', 0],
]

describe('holdUpWords', () => {
  it.each(all)('says of %j: %s', (holdUp, words) => {
    expect(holdUpWords(holdUp)).toBe(words)
  })

  it('says nothing of nothing', () => {
    expect(holdUpWords(undefined)).toBeUndefined()
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
