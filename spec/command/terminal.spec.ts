import stringWidth from 'string-width'
import { inSoak } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'
import { itInTmux, useTmux } from '../support/use-tmux.js'

const asked = "llm batch rows.csv -t 'Hi {name}' -m gpt-4o-mini --batch-id b"

describe('the terminal', () => {
  const bench = useCommand()
  const tmux = useTmux(bench)
  beforeEach(() => bench.workdir.write('rows.csv', 'name\nAda\nAlan\nGrace\n'))

  /** Lines of a screen that are not those above the command. */
  const below = (text: string) => text.split('\n').slice(3)

  itInTmux.each([25, 200, ...inSoak([40, 80])])(
    'of %d columns has one line of progress',
    async columns => {
      bench.server.hold()
      const screen = await tmux.open(`${asked} --output out.csv`, columns)
      await bench.server.arrived(1)

      const shown = below(await screen.shows('0/3 rows'))

      expect(shown).toHaveLength(1)
      expect(stringWidth(shown[0] ?? '')).toBeLessThan(columns)
      if (columns === 200) expect(shown[0]).toContain('1 in flight · faster with --concurrency 5')
      bench.server.release()
      expect(await screen.shows('exit 0')).not.toMatch(/0\/3 rows|⠋/)
    },
  )

  itInTmux('says at once what it does, before any row is asked', async () => {
    const screen = await tmux.open(`${asked} --output out.csv`, 80)

    await screen.shows(/reading rows\.csv|\d\/3 rows|3 rows read/)
    expect(await screen.shows('exit 0')).not.toContain('reading')
  })

  itInTmux('keeps no rest of an old frame as it is resized', async () => {
    bench.server.hold()
    const screen = await tmux.open(`${asked} --output out.csv`, 120)
    await bench.server.arrived(1)
    await screen.shows('faster with')

    for (const [columns, part] of [
      [50, /^.{3}░+ 0% · 0\/3 rows$/m],
      [25, /^.{3}0\/3 rows$/m],
      [120, 'faster with'],
    ] as const) {
      await screen.resize(columns)
      // A terminal is resized before its programs hear of it.
      const isOne = (text: string) => text.match(/0\/3 rows/g)?.length === 1
      await screen.becomes(
        text => isOne(text) && (typeof part === 'string' ? text.includes(part) : part.test(text)),
      )
    }
    expect((await screen.text()).match(/░+/g)).toHaveLength(1)
  })

  itInTmux('has a line while answers are awaited there, and glues it to none of them', async () => {
    bench.server.hold()
    const screen = await tmux.open(asked, 100)
    await bench.server.arrived(1)
    await screen.shows('0/3 rows')
    bench.server.release(1)
    await bench.server.arrived(2)

    const midway = below(await screen.shows(/Answer to: Hi Ada\n+.*1\/3 rows/))
    bench.server.release()
    const end = below(await screen.shows('exit 0'))

    expect(midway.filter(line => line.includes('rows'))).toHaveLength(1)
    expect(midway).toContain('Answer to: Hi Ada')
    expect(end.filter(line => line.startsWith('Answer to: '))).toHaveLength(3)
    expect(end.join('\n')).not.toMatch(/\/3 rows/)
  })

  itInTmux('glues nothing to what comes through a pipe that ends there', async () => {
    bench.server.hold()
    const screen = await tmux.open(`${asked} | cat`, 100)
    await bench.server.arrived(1)
    await screen.shows('0/3 rows')
    for (const [index, name] of ['Ada', 'Alan'].entries()) {
      bench.server.release(1)
      const text = await screen.shows(
        new RegExp(`"Answer to: Hi ${name}"\\}\\n.*${index + 1}/3 rows`),
      )
      for (const line of text.split('\n').filter(line => line.includes('{'))) {
        expect(line).toMatch(/^\{.*\}$/)
      }
      await bench.server.arrived(index + 2)
    }
    bench.server.release()

    expect(below(await screen.shows('exit 0')).slice(0, 3)).toEqual(
      ['Ada', 'Alan', 'Grace'].map(name => `{"name":"${name}","response":"Answer to: Hi ${name}"}`),
    )
  })

  itInTmux('says at the first Ctrl-C what is in flight, and how to resume', async () => {
    bench.server.hold()
    const screen = await tmux.open(`${asked} --output out.csv --concurrency 2`, 100)
    await bench.server.arrived(2)
    await screen.shows('2 in flight')
    await screen.press('C-c')

    const stopping = await screen.shows('stopping: 2 calls in flight')
    expect(await screen.shows('--batch-id b')).toContain(
      'Interrupted, stopping: 2 calls in flight. Interrupt again to stop at once.\nResume with: llm batch rows.csv --resume --batch-id b\n',
    )
    expect(stopping).not.toContain('exit')
    bench.server.release()
    await screen.shows('exit 130')
  })

  itInTmux.each([
    ['in colour', {}, true],
    ['plain with NO_COLOR', { NO_COLOR: '1' }, false],
    ['plain with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['in colour with both, as in Node', { NO_COLOR: '1', FORCE_COLOR: '1' }, true],
  ])('is %s', async (_how, env, hasColour) => {
    bench.server.hold()
    const screen = await tmux.open(asked, 100, env)
    await bench.server.arrived(1)
    await screen.shows('0/3 rows')

    expect((await screen.coloured()).includes('\u001b[36m')).toBe(hasColour)
  })

  itInTmux('has no line that moves if it is dumb', async () => {
    bench.server.hold()
    const screen = await tmux.open(`${asked} --output out.csv`, 100, { TERM: 'dumb' })
    await bench.server.arrived(1)
    bench.server.release()

    expect(below(await screen.shows('exit 0'))[0]).toMatch(/^3 rows read = 3 answered/)
  })
})
