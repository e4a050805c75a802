import { commands } from '../../../lib/cli/command-list.js'
import { wordInstead } from '../../../lib/cli/words/foreign-words.js'
import { parseCommandLine } from '../../../lib/cli/words/parse-command-line.js'

const refusal = (...words: string[]): unknown => {
  try {
    return parseCommandLine(['batch', 'x.csv', ...words], commands)
  } catch (error) {
    return error
  }
}

describe('options of other tools', () => {
  it.each([
    [['-j', '4'], '--concurrency N'],
    [['-j4'], '--concurrency N'],
    [['--jobs=4'], '--concurrency N'],
    [['--parallel', '4'], '--concurrency N'],
    [['--max_workers', '4'], '--concurrency N'],
    [['--temperature', '0.2'], '-o temperature 0.2'],
    [['--max-tokens', '100'], '-o max_tokens 1000'],
    [['--force'], '--overwrite'],
    [['--prompt', 'x'], '--template TEXT'],
    [['--rpm', '60'], '--rate-limit N'],
    [['-V'], 'llm --version'],
  ])('%j is refused with what to write', (words, instead) => {
    expect(refusal(...words)).toMatchObject({ code: 'USAGE_INVALID', remedy: `Write: ${instead}` })
  })

  it.each([
    [['-n', '3'], '3'],
    [['-n', '10', '-q'], '10'],
  ])('%j is taken for a number of rows', (words, count) => {
    expect(refusal(...words)).toMatchObject({
      code: 'USAGE_INVALID',
      remedy: `-n is --no-log here. For the first ${count} rows, write: --limit ${count}`,
    })
  })

  it('are no options of ours, and what is written instead is one', () => {
    const flags = commands
      .find(({ words }) => words === 'batch')
      ?.flagGroups.flatMap(group => group.flags)
    const typed = new Set(
      flags?.flatMap(({ name, short, alsoNamed = [] }) => [`--${name}`, `-${short}`, ...alsoNamed]),
    )
    const others = ['-j', '--jobs', '--temperature', '--force', '--prompt', '--rows', '--silent']

    for (const other of others) {
      expect(typed).not.toContain(other)
      expect(typed).toContain(wordInstead(other)?.split(' ')[0])
    }
    for (const own of typed) expect(wordInstead(own)).toBeUndefined()
  })
})
