import { once } from 'node:events'
import { Writable } from 'node:stream'
import { canShowLine, showLine } from '../../../lib/cli/terminal/show-line.js'
import { systemClock } from '../../../lib/host/system-clock.js'
import { fakeClock } from '../../support/fake-clock.js'
import { fakeTerminal } from '../fake-terminal.js'

const around = { clock: systemClock, environment: {} }

describe('canShowLine', () => {
  const stderr = fakeTerminal(80)
  const given = { stderr, environment: {} }

  it('is true for a terminal', () => expect(canShowLine(given)).toBe(true))

  it.each([
    ['standard error is not a terminal', { stderr: new Writable() }],
    ['the terminal says that it has no columns', { stderr: fakeTerminal(0) }],
    ['the terminal cannot move back', { environment: { TERM: 'dumb' } }],
  ])('is false if %s', (_when, change) => {
    expect(canShowLine({ ...given, ...change })).toBe(false)
  })
})

describe('showLine', () => {
  it('leaves nothing behind, and the signal handling of the process alone', async () => {
    const terminal = fakeTerminal(40)
    const listeners = process.listenerCount('SIGINT')
    const line = await showLine(terminal, columns => 'x'.repeat(columns), around)

    expect(terminal.text).toContain('x'.repeat(36))
    expect(terminal.text).not.toContain('x'.repeat(37))
    expect(process.listenerCount('SIGINT')).toBe(listeners)
    line.stop()
    const written = terminal.text.length
    line.stop()
    expect(terminal.text).toHaveLength(written)
    expect(terminal.listenerCount('resize')).toBe(0)
  })

  it('stops for good when the terminal comes to have no columns', async () => {
    const terminal = fakeTerminal(80)
    const line = await showLine(terminal, () => 'x', around)
    terminal.columns = 0
    terminal.emit('resize')
    const written = terminal.text.length

    line.stop()

    expect(terminal.text).toHaveLength(written)
  })

  it('draws nothing for a while after a pause, counted from the last one', async () => {
    const clock = fakeClock()
    const terminal = fakeTerminal(80)
    const line = await showLine(terminal, () => 'shown', { clock, environment: {} })
    line.pause(400)
    await clock.advance(300)
    line.pause(400)
    await clock.advance(300)
    terminal.text = ''
    terminal.emit('resize')
    expect(terminal.text).toBe('')

    await clock.advance(100)
    while (!terminal.text.includes('shown')) await once(terminal, 'drawn')

    line.stop()
    expect(terminal.text).toContain('\u001b[?25h')
  })

  it('shows the cursor again if it is stopped within a pause', async () => {
    const terminal = fakeTerminal(80)
    const line = await showLine(terminal, () => 'shown', around)
    line.pause(60_000)

    line.stop()

    expect(terminal.text).toContain('\u001b[?25h')
  })
})
