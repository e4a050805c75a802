import { makeRecentRate } from '../../../lib/cli/terminal/recent-rate.js'

describe('makeRecentRate', () => {
  it('says nothing in the first second', () => {
    const rate = makeRecentRate()
    expect(rate({ done: 0, atMs: 0 })).toBeUndefined()
    expect(rate({ done: 50, atMs: 999 })).toBeUndefined()
    expect(rate({ done: 50, atMs: 1000 })).toBe(50)
  })

  it('follows what happens of late, not since the beginning', () => {
    const rate = makeRecentRate(10_000)
    let latest: number | undefined
    for (let atMs = 0; atMs <= 60_000; atMs += 80) latest = rate({ done: atMs / 100, atMs })
    expect(latest).toBeCloseTo(10, 0)
    for (let atMs = 60_080; atMs <= 71_000; atMs += 80) latest = rate({ done: 600, atMs })
    expect(latest).toBe(0)
  })
})
