import { spawnSync } from 'node:child_process'
import { useCommand } from '../support/use-command.js'

/** An answer that retitles the window, writes the clipboard and turns the text. */
const hostile = 'evil\u001b]0;t\u0007\u001b]52;c;ZXZpbA==\u001b\\\u009b2J\u202eend'
const hasScript = spawnSync('script', ['--version']).status === 0

describe('llm, its standard output', () => {
  const bench = useCommand()
  const asked = '--model gpt-4o-mini -q --restart'
  beforeEach(() => bench.workdir.write('in.txt', 'a\nb\n'))

  it.each([
    ['is closed', '>&-'],
    ['is closed, and so are the others', '<&- 2>&- >&-'],
    ['is named by its device and closed', '--output /dev/stdout --format csv >&-'],
  ])('is refused before the first call where it %s', async (_what, closed) => {
    const { exitCode, stderr } = await bench.shell(`llm batch in.txt ${asked} ${closed}`)

    expect(exitCode).toBe(2)
    expect(bench.server.requestCount()).toBe(0)
    if (!closed.includes('2>&-')) {
      expect(stderr).toMatch(/^Error: Cannot write to standard output: it is closed.*\n.*--output/)
    }
  })

  it('may be closed where results go to a file, and be thrown away', async () => {
    const toFile = await bench.shell(`llm batch in.txt ${asked} --output out.csv >&-`)
    const away = await bench.shell(`llm batch in.txt ${asked} > /dev/null`)

    expect([toFile.exitCode, away.exitCode]).toEqual([0, 0])
    expect(await bench.workdir.read('out.csv')).toBe(
      'prompt,response\na,Answer to: a\nb,Answer to: b\n',
    )
  })

  const itHasTerminal = hasScript ? it : it.skip
  itHasTerminal('is sent no controls of others on a real terminal', async () => {
    bench.script.answer = () => hostile
    const shown = async (words: string) => {
      const { stdout } = await bench.shell(`script -qec "${words}" /dev/null`)
      return stdout.replaceAll('\r\n', '\n')
    }

    const results = await shown(`llm batch in.txt ${asked} --format csv`)
    const piped = await bench.shell(`llm batch in.txt ${asked} --format csv`)
    const progress = await shown(`llm batch in.txt --model gpt-4o-mini --restart --output o.csv`)

    expect(results).toBe('prompt,response\na,evilend\nb,evilend\n')
    expect(piped.stdout).toBe(`prompt,response\na,${hostile}\nb,${hostile}\n`)
    expect(progress).toContain('2 rows read = 2 answered')
    expect(progress).not.toContain('\u001b]')
  })
})
