import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { runScreen, withParts } from '../../../lib/cli/terminal/run-screen.js'
import type { CommandSurroundings } from '../../../lib/cli/words/command.js'
import { emptyTally } from '../../../lib/row/tally.js'
import type { BatchProgress } from '../../../lib/run/progress.js'
import { fakeClock } from '../../support/fake-clock.js'
import { fakeTerminal } from '../fake-terminal.js'

const progress = (): BatchProgress => ({
  ...{ rowsRead: 10, rowsTotal: 10, bytesRead: 1, bytesTotal: 1, tally: emptyTally },
  ...{ callsInFlight: 4, rowsWritten: 0, elapsedMs: 0, isStopping: false, bottleneck: undefined },
})

function around() {
  const clock = fakeClock()
  return { stdout: new PassThrough(), stderr: fakeTerminal(80), environment: {}, clock }
}

describe('runScreen', () => {
  it('shows the opening, then the progress, on the same line', async () => {
    const surroundings = around()
    const screen = runScreen(surroundings, true)
    await screen.open(`Reading ${'x'.repeat(100)}`)
    expect(surroundings.stderr.text).toContain(`Reading ${'x'.repeat(67)}…`)

    await screen.follow(progress)
    while (!surroundings.stderr.text.includes('0/10 rows')) {
      await once(surroundings.stderr, 'drawn')
    }

    screen.close()
    expect(surroundings.stderr.listenerCount('resize')).toBe(0)
  })

  it('shows the progress of a batch without an opening', async () => {
    const surroundings = around()
    const screen = runScreen(surroundings, true)

    await screen.follow(progress)

    screen.close()
    expect(surroundings.stderr.text).toContain('0/10 rows')
  })

  it('clears the line before a result goes to a pipe, and is quiet for a while', async () => {
    const surroundings = around()
    const screen = runScreen(surroundings, true)
    await screen.open('Reading')

    screen.stdout.write('result')

    expect(String(surroundings.stdout.read())).toBe('result')
    expect(surroundings.clock.sleepers()).toBe(1)
    screen.close()
    screen.stdout.write('last')
    expect(String(surroundings.stdout.read())).toBe('last')
  })

  it('leaves results on a terminal to the line itself, and those of a hidden run alone', () => {
    const terminal = { ...around(), stdout: fakeTerminal(80) }
    expect(runScreen(terminal, true).stdout).toBe(terminal.stdout)
    const piped = around()
    expect(runScreen(piped, false).stdout).toBe(piped.stdout)
  })

  it.each([
    ['prints a plain line a minute without a terminal', true, /^0\/10 rows .*\n$/],
    ['prints nothing of a hidden run', false, /^$/],
  ])('%s', async (_what, isShown, printed) => {
    const stderr = new PassThrough()
    const surroundings = { ...around(), stderr }
    const screen = runScreen(surroundings, isShown)
    await screen.open('Reading')
    await screen.follow(progress)

    await surroundings.clock.advance(60_000)
    screen.close()
    await surroundings.clock.advance(600_000)

    stderr.end()
    expect((await stderr.toArray()).join('')).toMatch(printed)
  })
})

describe('withParts', () => {
  it('copies all but what it replaces, and does not open standard input', () => {
    let opened = 0
    const program = {
      ...{ environment: { A: '1' }, arguments: ['x'] },
      get stdin() {
        opened += 1
        return new PassThrough()
      },
    } as unknown as CommandSurroundings
    const stdout = new PassThrough()

    const copy = withParts(program, { stdout })

    expect(copy.stdout).toBe(stdout)
    expect(copy.environment).toBe(program.environment)
    expect(opened).toBe(0)
    expect(copy.stdin).toBeInstanceOf(PassThrough)
    expect(opened).toBe(1)
  })
})
