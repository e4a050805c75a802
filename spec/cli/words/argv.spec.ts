import { cac } from 'cac'
import { commands } from '../../../lib/cli/command-list.js'
import { joinCommandWords, shieldText, takeWords, unshield } from '../../../lib/cli/words/argv.js'

const batch = commands.find(command => command.words === 'batch') ?? fail()
const parseWith = (argv: string[], shape: (cli: ReturnType<typeof cac>) => void) => {
  const cli = cac('llm')
  shape(cli)
  return { ...cli.parse(['node', 'llm', ...argv], { run: false }), matched: cli.matchedCommandName }
}

function fail(): never {
  throw new Error('there is no batch command')
}

describe('joinCommandWords', () => {
  const known = new Set(['keys', 'keys set'])

  it('makes one word of a command of two, which cac alone never matches', () => {
    const shape = (cli: ReturnType<typeof cac>) => void cli.command('keys set <NAME>')
    expect(parseWith(['keys', 'set', 'a'], shape).matched).toBeUndefined()
    expect(parseWith([...joinCommandWords(['keys', 'set', 'a'], known)], shape).matched).toBe(
      'keys set',
    )
  })

  it('leaves other words alone', () => {
    expect(joinCommandWords(['keys', 'other'], known)).toEqual(['keys', 'other'])
    expect(joinCommandWords(['keys'], known)).toEqual(['keys'])
    expect(joinCommandWords([], known)).toEqual([])
  })
})

describe('shieldText', () => {
  it.each(['007', '', '1e3', '-', '--model', '0x1F'])('brings %j through cac as text', text => {
    const shape = (cli: ReturnType<typeof cac>) =>
      void cli.command('batch').option('--key <KEY>', '')
    const plain = parseWith(['batch', `--key=${text}`, '-x'], shape).options.key
    const shielded = parseWith(['batch', `--key=${shieldText(text)}`, '-x'], shape).options.key
    expect(unshield(shielded)).toBe(text)
    // What makes the shield needed: bare, cac 7.1.0 gives some of these as numbers or takes them for options.
    if (/^\d|^$/.test(text)) expect(plain).not.toBe(text)
  })

  it('takes off one mark only, and none from a text that has none', () => {
    expect(unshield(shieldText(shieldText('a')))).toBe(shieldText('a'))
    expect(unshield('a')).toBe('a')
  })
})

describe('takeWords', () => {
  it('puts options in a form that only one reading fits: long, joined, and behind the mark', () => {
    const taken = takeWords(['-n', 'x.csv', '-m', '4', '--no-log', '-o', 'seed', '7'], batch)
    expect(taken).toEqual({
      operands: ['x.csv'],
      options: ['--no-log', `--model=${shieldText('4')}`],
      pairs: [['seed', '7']],
      wantsHelp: false,
    })
  })

  it('asks for no operand when help is wanted', () => {
    expect(takeWords(['--help'], batch).wantsHelp).toBe(true)
    expect(() => takeWords([], batch)).toThrow('llm batch needs INPUT')
  })
})
