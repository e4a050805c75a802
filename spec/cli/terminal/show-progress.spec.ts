import { makeRecentRate } from '../../../lib/cli/terminal/show-progress.js'

describe('makeRecentRate', () => {
  it('says nothing in the first second', () => {
    const rate = makeRecentRate()
    expect(rate(0, 0)).toBeUndefined()
    expect(rate(50, 999)).toBeUndefined()
    expect(rate(50, 1000)).toBe(50)
  })

  it('follows the last seconds, not the whole run', () => {
    const rate = makeRecentRate(10_000)
    let latest: number | undefined
    for (let atMs = 0; atMs <= 60_000; atMs += 80) latest = rate(atMs / 100, atMs)
    expect(latest).toBeCloseTo(10, 0)
    for (let atMs = 60_080; atMs <= 71_000; atMs += 80) latest = rate(600, atMs)
    expect(latest).toBe(0)
  })
})
