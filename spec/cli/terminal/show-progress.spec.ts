import { Writable } from 'node:stream'
import { canShowProgress, showProgress } from '../../../lib/cli/terminal/show-progress.js'
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

describe('canShowProgress', () => {
  const terminal = fakeTerminal(80)
  const pipe = new Writable()
  const given = {
    stdout: pipe,
    stderr: terminal,
    environment: {},
    isWanted: true,
    hasOutputFile: false,
  }

  it('is true for a terminal that no results go to', () => {
    expect(canShowProgress(given)).toBe(true)
    expect(canShowProgress({ ...given, stdout: terminal, hasOutputFile: true })).toBe(true)
  })

  it.each([
    ['it is not wanted', { isWanted: false }],
    ['standard error is no terminal', { stderr: pipe }],
    ['the terminal says that it has no columns', { stderr: fakeTerminal(0) }],
    ['the terminal cannot move back', { environment: { TERM: 'dumb' } }],
    ['results go to the same terminal', { stdout: terminal }],
  ])('is false when %s', (_when, change) => {
    expect(canShowProgress({ ...given, ...change })).toBe(false)
  })
})

describe('showProgress', () => {
  it('keeps a line that fits the terminal, and leaves the signal handling of the process alone', async () => {
    const terminal = fakeTerminal(40)
    const stop = await showProgress({ stderr: terminal, progress: () => progress })
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
    const stop = await showProgress({ stderr: terminal, progress: () => progress })
    terminal.columns = 0
    terminal.emit('resize')
    const written = terminal.text.length
    stop()
    expect(terminal.text).toHaveLength(written)
  })
})
