import { commands } from '../../../lib/cli/command-list.js'
import { parseWords } from '../../../lib/cli/words/parse-words.js'

const batch = commands.find(command => command.words === 'batch') ?? fail()

function fail(): never {
  throw new Error('there is no batch command')
}

describe('parseWords', () => {
  it('sorts words into operands, texts, switches and pairs', () => {
    const given = ['-n', 'x.csv', '-m', '4', '--overwrite', '-o', 'seed', '7', '-p', 'a', 'b']
    expect(parseWords(given, batch)).toEqual({
      operands: ['x.csv'],
      texts: { model: '4' },
      lists: {},
      switches: { log: false, overwrite: true },
      pairs: { option: [['seed', '7']], param: [['a', 'b']] },
    })
  })

  it.each(['007', '', '1e3', '-', '--modl', '0x1F', 'true'])('keeps %j as text', text => {
    expect(parseWords(['x.csv', '--system', text], batch)?.texts).toEqual({ system: text })
    expect(parseWords(['x.csv', `--system=${text}`], batch)?.texts).toEqual({ system: text })
  })

  it('knows the second long name of an option, and collects what may be repeated', () => {
    const given = ['x.csv', '--sf', 'a', '--system-fragment=b', '-f', 'c', '--xl', '-fd']

    expect(parseWords(given, batch)).toMatchObject({
      lists: { systemFragment: ['a', 'b'], fragment: ['c', 'd'] },
      switches: { extractLast: true },
    })
  })

  it('needs no operand if help is wanted', () => {
    expect(parseWords(['--help'], batch)).toBeUndefined()
    expect(() => parseWords([], batch)).toThrow('llm batch needs INPUT')
  })

  it.each<[string[], string, string | undefined]>([
    [['-o'], '-o expects a KEY and a VALUE, as two words.', 'For example: -o temperature 0.2'],
    [
      ['--option', 'seed'],
      '--option expects a KEY and a VALUE, as two words.',
      'For example: --option temperature 0.2',
    ],
    [['-o', '', '7'], '-o expects a KEY and a VALUE, as two words.', expect.any(String)],
    [['-m'], '-m expects a NAME, got the end of the line.', undefined],
    [['-m', ''], '-m expects a NAME, got an empty text.', undefined],
    [
      ['--model', '--resume'],
      '--model expects a NAME, got the option --resume.',
      'If the value looks like an option, write: --model=…',
    ],
    [['--resume=yes'], '--resume takes no value.', 'Write --resume alone, or leave it out.'],
  ])('refuses %j', (words, message, remedy) => {
    expect(() => parseWords(['x.csv', ...words], batch)).toThrow(
      expect.objectContaining({ code: 'USAGE_INVALID', message, remedy }),
    )
  })

  it('takes all words after -- for operands, and a value with = as it is', () => {
    expect(parseWords(['-m=a=b', '--system=c=d', '--', '-m', '--help'], batch)).toMatchObject({
      operands: ['-m', '--help'],
      texts: { model: 'a=b', system: 'c=d' },
    })
  })
})
