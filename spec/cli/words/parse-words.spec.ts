import { commands } from '../../../lib/cli/command-list.js'
import { parseWords } from '../../../lib/cli/words/parse-words.js'

const batch = commands.find(command => command.words === 'batch') ?? fail()

function fail(): never {
  throw new Error('there is no batch command')
}

describe('parseWords', () => {
  it('sorts words into operands, texts, switches and pairs', () => {
    const given = ['-n', 'x.csv', '-m', '4', '--overwrite', '-o', 'seed', '7']
    expect(parseWords(given, batch)).toEqual({
      operands: ['x.csv'],
      texts: { model: '4' },
      lists: {},
      switches: { log: false, overwrite: true },
      pairs: [['seed', '7']],
    })
  })

  it.each(['007', '', '1e3', '-', '--modl', '0x1F', 'true'])('keeps %j as text', text => {
    expect(parseWords(['x.csv', '--system', text], batch)?.texts).toEqual({ system: text })
    expect(parseWords(['x.csv', `--system=${text}`], batch)?.texts).toEqual({ system: text })
  })

  it('needs no operand if help is wanted', () => {
    expect(parseWords(['--help'], batch)).toBeUndefined()
    expect(() => parseWords([], batch)).toThrow('llm batch needs INPUT')
  })
})
