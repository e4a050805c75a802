import { commands } from '../../../lib/cli/command-list.js'
import type { Command } from '../../../lib/cli/words/command.js'
import {
  asSettingInvalid,
  isMisspelt,
  operandUnexpected,
  optionUnknown,
} from '../../../lib/cli/words/usage-errors.js'
import { runError } from '../../../lib/error/batch-error.js'

const command = (words: string): Command => commands.find(one => one.words === words) as Command

describe('isMisspelt', () => {
  it.each([
    ['btach', true],
    ['batch statsu', true],
    ['zzzzzz', false],
    ['templates lst', true],
    ['templates edit', false],
    ['batch this for me', false],
  ])('of %j', (asked, is) => expect(isMisspelt(asked, commands)).toBe(is))
})

describe('operandUnexpected', () => {
  it.each([
    ['batch', '10', '10', '-n is --no-log here. For the first 10 rows, write: --limit 10'],
    ['batch', 'a b', 'a b', 'Put a value of several words into quotes. See llm batch --help.'],
    ['batch status', '10', '10', expect.stringContaining('See llm batch status --help.')],
    ['batch', 'x'.repeat(41), `"${'x'.repeat(40)}…"`, expect.any(String)],
  ])('of llm %s and %j', (words, word, shown, remedy) => {
    expect(operandUnexpected(word, command(words))).toMatchObject({
      code: 'USAGE_INVALID',
      message: `llm ${words} takes no further word: ${shown}.`,
      remedy,
    })
  })
})

describe('optionUnknown', () => {
  it.each([
    ['batch', '--jobs', 'Write: --concurrency N'],
    ['batch status', '--jobs', expect.not.stringContaining('--concurrency')],
    ['batch', '--tmplate', 'Did you mean --template?'],
    ['batch', '--qqqqqqqq', 'See llm batch --help.'],
  ])('of llm %s and %s', (words, shown, remedy) => {
    const message = `Unknown option for llm ${words}: ${shown}`
    expect(optionUnknown(shown, command(words))).toMatchObject({ message, remedy })
  })
})

describe('asSettingInvalid', () => {
  const unknown = runError('MODEL_UNKNOWN', 'No model x', 'See llm models.')
  const defect = Object.assign(new Error('x'), { code: 'MODEL_UNKNOWN' })

  it('is the same error with the code of a setting, and the error as its cause', () => {
    expect(asSettingInvalid(unknown, 'MODEL_UNKNOWN')).toMatchObject({
      ...{ code: 'SETTING_INVALID', message: 'No model x', remedy: 'See llm models.' },
      cause: unknown,
    })
  })

  it.each([
    ['an error with another code', unknown, 'FRAGMENT_NOT_FOUND' as const],
    ['a foreign error', defect, 'MODEL_UNKNOWN' as const],
    ['no error', undefined, 'MODEL_UNKNOWN' as const],
  ])('leaves %s alone', (_what, error, code) => {
    expect(asSettingInvalid(error, code)).toBe(error)
  })
})
