import fc from 'fast-check'
import { commands } from '../../../lib/cli/command-list.js'
import { parseCommandLine } from '../../../lib/cli/words/parse-command-line.js'
import { anyCharacter } from '../../support/any-character.js'

const parse = (...words: string[]) => parseCommandLine(words, commands)
const run = (...words: string[]) => {
  const asked = parse(...words)
  if (asked.kind !== 'run') throw new Error(`not a run: ${asked.kind}`)
  return { words: asked.command.words, ...asked.given }
}
const refusal = (...words: string[]) => {
  try {
    const asked = parse(...words)
    if (asked.kind === 'unknown') return asked.error
  } catch (error) {
    return error as { code: string; message: string; remedy: string | undefined }
  }
  throw new Error(`not refused: ${words.join(' ')}`)
}

describe('parseCommandLine', () => {
  it.each([
    [['help'], undefined],
    [['help', 'batch'], 'batch'],
    [['help', 'models', 'options', 'set'], 'models options set'],
    [['batch', 'status', '-h'], 'batch status'],
  ])('takes %j for a question for help', (words, command) => {
    expect(parse(...words)).toMatchObject({ kind: 'help' })
    const asked = parse(...words)
    expect(asked.kind === 'help' ? asked.command?.words : asked.kind).toBe(command)
  })

  it('takes help and other words for a prompt for another llm', () => {
    expect(parse('help', 'me', 'write')).toMatchObject({ kind: 'unknown', isMisspelt: false })
  })

  it.each(['--version', '-V'])('takes %s for a question for the version', word => {
    expect(parse(word)).toEqual({ kind: 'version' })
  })

  it.each([
    [['btach', 'x.csv'], 'Unknown command: btach', 'Did you mean llm batch?'],
    [['zzzzzz'], 'Unknown command: zzzzzz', expect.stringContaining('uv tool install llm')],
    [['keys', 'sett', 'openai'], 'Unknown command: keys sett', 'Did you mean llm keys set?'],
    [['models', 'defualt'], 'Unknown command: models defualt', 'Did you mean llm models default?'],
    [
      ['keys', 'everything'],
      'Unknown command: keys everything',
      expect.stringContaining('pipx install llm'),
    ],
    [['batch', 'statsu', 'x-1'], 'Unknown command: batch statsu', 'Did you mean llm batch status?'],
    [
      ['batch', 'resume', 'x-1'],
      'Unknown command: batch resume',
      'Did you mean llm batch INPUT --resume?',
    ],
    [
      ['batch', 'remove'],
      'llm batch remove needs ID: id of the batch; see llm batch list.',
      expect.anything(),
    ],
    [['--hlep'], 'Unknown option: --hlep', 'Did you mean --help?'],
    [
      ['--model=secret', 'batch'],
      'Unknown option: --model',
      expect.stringMatching(/^Options come after the command\. .*uv tool install llm/),
    ],
    [
      ['batch', 'x.csv', '--concurency', '3'],
      'Unknown option for llm batch: --concurency',
      'Did you mean --concurrency?',
    ],
    [
      ['batch', 'x.csv', '--ratelimit=3'],
      'Unknown option for llm batch: --ratelimit',
      'Did you mean --rate-limit?',
    ],
    [
      ['batch', 'x.csv', '--no-model'],
      'Unknown option for llm batch: --no-model',
      expect.anything(),
    ],
    [
      ['batch', 'x.csv', '--constructor'],
      'Unknown option for llm batch: --constructor',
      expect.anything(),
    ],
    [['batch', 'x.csv', '-z'], 'Unknown option for llm batch: -z', 'See llm batch --help.'],
    [['batch', 'x.csv', '-5'], 'Unknown option for llm batch: -5', 'See llm batch --help.'],
    [['batch', 'x.csv', '-nzq'], 'Unknown option for llm batch: -nzq', 'See llm batch --help.'],
    [
      ['batch'],
      'llm batch needs INPUT: .txt, .csv, .tsv, .json, .jsonl, .xlsx or .parquet files (also .gz, .br, .zst), or -.',
      'See llm batch --help.',
    ],
    [
      ['keys', 'get'],
      'llm keys get needs NAME: name of the key, such as openai or anthropic.',
      'See llm keys get --help.',
    ],
    [
      ['keys', 'set', 'x', 'Say', 'this'],
      'llm keys set takes no further word: Say.',
      'Put a value of several words into quotes. See llm keys set --help.',
    ],
    [
      ['batch', 'x.csv', '--model'],
      '--model expects a NAME, got the end of the line.',
      expect.anything(),
    ],
    [
      ['batch', 'x.csv', '--template', '--model', 'gpt-4o'],
      '--template expects a TEXT, got the option --model.',
      'If the value looks like an option, write: --template=…',
    ],
    [['batch', 'x.csv', '-m', '-n'], '-m expects a NAME, got the option -n.', undefined],
    [['batch', 'x.csv', '-m', '--help'], '-m expects a NAME, got the option --help.', undefined],
    [['batch', 'x.csv', '--model='], '--model expects a NAME, got an empty text.', undefined],
    [['batch', 'x.csv', '--output', ''], '--output expects a PATH, got an empty text.', undefined],
    [
      ['batch', 'x.csv', '--overwrite=true'],
      '--overwrite takes no value.',
      'Write --overwrite alone, or leave it out.',
    ],
    [
      ['batch', 'x.csv', '-o', 'temperature'],
      '-o expects a KEY and a VALUE, as two words.',
      'For example: -o temperature 0.2',
    ],
    [
      ['batch', 'x.csv', '-o', 'temperature=1', '-n'],
      '-o expects a KEY and a VALUE, as two words.',
      expect.anything(),
    ],
    [
      ['batch', 'x.csv', '--option', '', 'x'],
      '--option expects a KEY and a VALUE, as two words.',
      expect.anything(),
    ],
  ])('refuses %j', (words, message, remedy) => {
    expect(refusal(...words)).toMatchObject({
      code: 'USAGE_INVALID',
      reach: 'run',
      message,
      remedy,
    })
  })

  it('repeats only the beginning of a word that may be a prompt', () => {
    const { message } = refusal('keys', 'set', 'x', 'Dear model, '.repeat(20))
    expect(message.length).toBeLessThan(110)
  })

  it('shows help when nothing is asked, when it is asked for, and for a command however much else is said', () => {
    expect(parse()).toEqual({ kind: 'help', command: undefined })
    expect(parse('--help')).toEqual({ kind: 'help', command: undefined })
    expect(parse('-h', 'anything')).toEqual({ kind: 'help', command: undefined })
    expect(parse('batch', '--help')).toMatchObject({ kind: 'help', command: { words: 'batch' } })
    expect(parse('keys', 'set', '-h')).toMatchObject({ command: { words: 'keys set' } })
    expect(parse('batch', 'x.csv', '-m', 'o3', '-h')).toMatchObject({ kind: 'help' })
    expect(parse('--version')).toEqual({ kind: 'version' })
  })

  it('knows a command of two words, and the one it begins with', () => {
    expect(run('keys', 'set', 'openai', '--value', '007')).toMatchObject({
      words: 'keys set',
      operands: ['openai'],
      texts: { value: '007' },
    })
    expect(run('keys')).toMatchObject({ words: 'keys', operands: [] })
    expect(run('models', 'default')).toMatchObject({ words: 'models default', operands: [] })
    expect(run('models', 'default', '4o').operands).toEqual(['4o'])
  })

  it('takes a file for the input of batch, also one that is named like a command', () => {
    expect(run('batch', './list', '--resume')).toMatchObject({
      words: 'batch',
      operands: ['./list'],
    })
    expect(run('batch', 'lits', '--resume')).toMatchObject({ words: 'batch', operands: ['lits'] })
  })

  it('takes one operand or more where there may be more', () => {
    expect(run('batch', 'remove', '007').operands).toEqual(['007'])
    expect(run('batch', 'remove', 'a', '--yes', '1e3', '-d', 'x.db', '--', '-c')).toMatchObject({
      operands: ['a', '1e3', '-c'],
      switches: { yes: true },
      texts: { database: 'x.db' },
    })
  })

  it('takes - for standard input, before and after options', () => {
    expect(run('batch', '-').operands).toEqual(['-'])
    expect(run('batch', '--quiet', '-', '--model', 'echo')).toMatchObject({
      operands: ['-'],
      switches: { quiet: true },
      texts: { model: 'echo' },
    })
  })

  it('lets a switch with a dash in its name be followed by the input', () => {
    expect(run('batch', '--stop-on-error', 'x.csv', '--accept-truncated')).toMatchObject({
      operands: ['x.csv'],
      switches: { stopOnError: true, acceptTruncated: true },
    })
  })

  it('leaves every value as it was typed, whatever it looks like', () => {
    const { texts, pairs } = run(
      ...['batch', '1e3', '--key', '007', '--system', '', '--limit', '0x10', '--template', '- {x}'],
      ...[
        '-m',
        '-5',
        '--json-path=a=b',
        '-o',
        'seed',
        '-1',
        '-o',
        'stop',
        '--',
        '--database',
        '--',
      ],
    )
    expect(texts).toEqual({
      key: '007',
      system: '',
      limit: '0x10',
      template: '- {x}',
      model: '-5',
      jsonPath: 'a=b',
      database: '--',
    })
    expect(pairs).toEqual({
      option: [
        ['seed', '-1'],
        ['stop', '--'],
      ],
    })
    expect(run('batch', '1e3').operands).toEqual(['1e3'])
  })

  it('takes all after -- for operands', () => {
    expect(run('batch', '-n', '--', '--help').operands).toEqual(['--help'])
  })

  it('reads short options alone, together, and with their value behind', () => {
    expect(run('batch', 'x.csv', '-nqmecho')).toMatchObject({
      switches: { log: false, quiet: true },
      texts: { model: 'echo' },
    })
    expect(run('batch', 'x.csv', '-m=echo', '-d', 'a.db')).toMatchObject({
      texts: { model: 'echo', database: 'a.db' },
    })
    expect(run('batch', 'x.csv', '-oseed', '7').pairs).toEqual({ option: [['seed', '7']] })
  })

  it('knows both forms of a switch, and leaves unsaid what was not said', () => {
    expect(run('batch', 'x.csv', '--no-log', '--fail-fast', '--no-overwrite').switches).toEqual({
      log: false,
      failFast: true,
      overwrite: false,
    })
    expect(run('batch', 'x.csv')).toMatchObject({ switches: {}, texts: {}, lists: {}, pairs: {} })
  })

  it('lets the last of an option count, and adds up those that may come again', () => {
    expect(run('batch', 'x.csv', '-m', 'a', '--model', 'b').texts.model).toBe('b')
    expect(run('batch', 'x.csv', '--log', '-n').switches.log).toBe(false)
    expect(run('models', '-q', 'gpt', '--query=mini').lists.query).toEqual(['gpt', 'mini'])
    expect(run('models', 'list', '-q', '4').lists.query).toEqual(['4'])
  })

  it('brings any text through unchanged, as operand and as value', () => {
    const anyText = fc
      .string({ unit: anyCharacter, minLength: 1 })
      .filter(text => !text.startsWith('-'))
    fc.assert(
      fc.property(anyText, fc.string({ unit: anyCharacter, minLength: 1 }), (input, value) => {
        const given = run('batch', `--template=${value}`, '--', input)
        return given.operands[0] === input && given.texts.template === value
      }),
    )
  })
})
