import { once } from 'node:events'
import { Writable } from 'node:stream'
import { canShowLine, showLine } from '../../../lib/cli/terminal/show-line.js'
import { screenOutput } from '../../../lib/host/screen-output.js'
import { systemClock } from '../../../lib/host/system-clock.js'
import { fakeClock } from '../../support/fake-clock.js'
import { type FakeTerminal, fakeTerminal } from '../fake-terminal.js'

const cyan = '\u001b[36m'
const around = { clock: systemClock, environment: {} }

function unmeasured() {
  return Object.assign(fakeTerminal(80), { columns: undefined }) as unknown as FakeTerminal
}

describe('canShowLine', () => {
  const stderr = fakeTerminal(80)
  const given = { stderr, environment: {} }

  it('is true for a terminal', () => expect(canShowLine(given)).toBe(true))

  it.each([
    ['standard error is not a terminal', { stderr: new Writable() }],
    ['the terminal says that it has no columns', { stderr: fakeTerminal(0) }],
    ['the terminal does not know its columns', { stderr: unmeasured() }],
    ['the terminal cannot move back', { environment: { TERM: 'dumb' } }],
  ])('is false if %s', (_when, change) => {
    expect(canShowLine({ ...given, ...change })).toBe(false)
  })
})

describe('showLine', () => {
  // chalk, which ora colours with, asks the process once, and Jest's output is no terminal.
  const { FORCE_COLOR } = process.env
  beforeAll(() => {
    process.env.FORCE_COLOR = '1'
  })
  afterAll(() => {
    if (FORCE_COLOR === undefined) delete process.env.FORCE_COLOR
    else process.env.FORCE_COLOR = FORCE_COLOR
  })

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

  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['nothing is said', {}, true],
    ['NO_COLOR is said', { NO_COLOR: '1' }, false],
    ['NO_COLOR is empty', { NO_COLOR: '' }, true],
    ['FORCE_COLOR counts more', { NO_COLOR: '1', FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR is empty', { FORCE_COLOR: '' }, true],
    ['FORCE_COLOR is 0', { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR is false', { FORCE_COLOR: 'false' }, false],
  ])('colours the spinner, or not, if %s', async (_when, environment, isColoured) => {
    const terminal = fakeTerminal(80)

    const line = await showLine(terminal, () => 'x', { clock: systemClock, environment })

    line.stop()
    expect(terminal.text.includes(cyan)).toBe(isColoured)
  })

  it('takes a terminal that does not know its columns for 80 wide', async () => {
    const terminal = unmeasured()

    const line = await showLine(terminal, columns => 'x'.repeat(columns), around)

    line.stop()
    expect(terminal.text).toContain('x'.repeat(76))
    expect(terminal.text).not.toContain('x'.repeat(77))
  })

  it('has no room for a line on the narrowest terminal', async () => {
    const terminal = fakeTerminal(3)
    const rooms: number[] = []

    const line = await showLine(terminal, room => String(rooms.push(room)), around)

    line.stop()
    expect(new Set(rooms)).toEqual(new Set([0]))
  })

  it('clears what a narrower terminal has wrapped, and goes on', async () => {
    const terminal = fakeTerminal(80)
    const line = await showLine(terminal, () => 'shown', around)
    terminal.text = ''
    terminal.columns = 40

    terminal.emit('resize')

    expect(terminal.text).toBe('\u001b[0J')
    while (!terminal.text.includes('shown')) await once(terminal, 'drawn')
    line.stop()
  })

  it('stops when a terminal no longer knows its columns', async () => {
    const terminal = fakeTerminal(80)
    const line = await showLine(terminal, () => 'x', around)
    Object.assign(terminal, { columns: undefined })

    terminal.emit('resize')

    expect(terminal.listenerCount('resize')).toBe(0)
    line.stop()
  })

  it('moves no cursor for a pause after its end, where others write', async () => {
    let moves = 0
    const cursorTo = () => {
      moves += 1
      return true
    }
    const terminal = Object.assign(fakeTerminal(80), { cursorTo })
    const line = await showLine(terminal, () => 'shown', around)
    line.pause(0)
    expect(moves).toBeGreaterThan(0)
    line.stop()
    moves = 0

    line.pause(0)

    expect(moves).toBe(0)
  })

  it('draws on the terminal itself, not on the stream that makes text safe', async () => {
    const terminal = fakeTerminal(80)

    const line = await showLine(screenOutput(terminal), () => 'a\u001b[2Jb', around)

    line.stop()
    expect(terminal.text).toContain('ab')
    expect(terminal.text).toContain('\u001b[?25l')
  })
})
