import { Writable } from 'node:stream'
import { canShowLine } from '../../../lib/cli/terminal/show-line.js'
import { makeRecentRate, showProgress } from '../../../lib/cli/terminal/show-progress.js'
import { emptyTally } from '../../../lib/row/tally.js'
import type { BatchProgress } from '../../../lib/run/progress.js'
import { fakeTerminal } from '../fake-terminal.js'

const progress: BatchProgress = {
  rowsRead: 10,
  rowsTotal: 10,
  bytesRead: 1,
  bytesTotal: 1,
  tally: { ...emptyTally, answered: 4 },
  callsInFlight: 1,
  rowsWritten: 4,
  elapsedMs: 1000,
  isStopping: false,
  bottleneck: undefined,
}

describe('canShowLine', () => {
  const terminal = fakeTerminal(80)
  const pipe = new Writable()
  const given = { stdout: pipe, stderr: terminal, environment: {} }

  it('is true for a terminal that gets no results', () => {
    expect(canShowLine(given, false)).toBe(true)
    expect(canShowLine({ ...given, stdout: terminal }, true)).toBe(true)
  })

  it.each([
    ['standard error is not a terminal', { stderr: pipe }],
    ['the terminal says that it has no columns', { stderr: fakeTerminal(0) }],
    ['the terminal cannot move back', { environment: { TERM: 'dumb' } }],
    ['results go to the same terminal', { stdout: terminal }],
  ])('is false if %s', (_when, change) => {
    expect(canShowLine({ ...given, ...change }, false)).toBe(false)
  })
})

describe('showProgress', () => {
  it('keeps a line that fits the terminal, and leaves the signal handling of the process alone', async () => {
    const terminal = fakeTerminal(40)
    const stop = await showProgress(terminal, () => progress)
    stop()
    const shown = terminal.text
    expect(shown).toContain('█████░░░░░░░ 40%'.slice(0, 4))
    expect(shown).toContain('4/10 rows')
    const written = terminal.text.length
    stop()
    expect(terminal.text).toHaveLength(written)
    expect(terminal.listenerCount('resize')).toBe(0)
  })

  it('stops for good when the terminal comes to have no columns', async () => {
    const terminal = fakeTerminal(80)
    const stop = await showProgress(terminal, () => progress)
    terminal.columns = 0
    terminal.emit('resize')
    const written = terminal.text.length
    stop()
    expect(terminal.text).toHaveLength(written)
  })
})

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
