import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { splitCommand } from '../../../lib/tool/mcp/split-command.js'

describe('splitCommand', () => {
  it.each([
    ['npx some-server', ['npx', 'some-server']],
    ['  a   b\tc\n', ['a', 'b', 'c']],
    [`a 'b c' "d e" f\\ g`, ['a', 'b c', 'd e', 'f g']],
    [`a --x='b "c"'"d \\"e\\" \\n" ''`, ['a', `--x=b "c"d "e" \\n`, '']],
    ['a $HOME *.csv ~', ['a', '$HOME', '*.csv', '~']],
    ['a http://x/?a=1&b=2', ['a', 'http://x/?a=1&b=2']],
    ['', []],
  ])('splits %j', (line, words) => {
    expect(splitCommand(line)).toEqual(words)
  })

  it('splits as a shell does', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', "'", '"', '\\', '-', '=') })
    const quote = fc.constantFrom(
      (text: string) => `'${text.replaceAll("'", `'\\''`)}'`,
      (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`,
      (text: string) => text.replace(/[^a-z]/g, '\\$&') || "''",
    )
    const words = fc.array(fc.tuple(word, quote), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(words, pairs => {
        const line = pairs.map(([text, quoted]) => quoted(text)).join(' ')
        const script = `for word in ${line}; do printf '%s\\0' "$word"; done`
        const ofShell = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })

        expect(splitCommand(line)).toEqual(ofShell.split('\0').slice(0, -1))
      }),
      { numRuns: 50 },
    )
  })

  it.each([`a 'b`, `a "b`, 'a b\\', `a"`])('refuses %j, which has no end', line => {
    expect(() => splitCommand(line)).toThrow('it ends within quotes or after a backslash')
  })

  it.each(['a | b', 'cd x && a', 'a > out', 'a &'])('refuses %j, which needs a shell', line => {
    expect(() => splitCommand(line)).toThrow(
      expect.objectContaining({
        code: 'TOOL_INVALID',
        message: expect.stringMatching(/no shell runs it, so \S+ has no meaning: /),
      }),
    )
  })
})
