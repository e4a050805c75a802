import { namerFor, programNameOf, wordsMeant } from '../../lib/cli/called-name.js'
import { commands } from '../../lib/cli/command-list.js'

describe('programNameOf', () => {
  it.each([
    ['/usr/local/bin/llm', 'llm'],
    ['/usr/local/bin/llm-batch', 'llm-batch'],
    ['C:\\bin\\llm-batch.js', 'llm-batch'],
    ['/home/a/llm-batch/dist/bin/llm.js', 'llm'],
    [undefined, 'llm'],
  ])('%s is %s', (path, name) => expect(programNameOf(path)).toBe(name))
})

describe('wordsMeant', () => {
  it.each([
    ['reviews.csv -m echo', 'batch reviews.csv -m echo'],
    ['-m echo reviews.csv', 'batch -m echo reviews.csv'],
    ['- --resume', 'batch - --resume'],
    ['list', 'batch list'],
    ['status reviews', 'batch status reviews'],
    ['--help', 'batch --help'],
    ['batch list', 'batch list'],
    ['keys set openai', 'keys set openai'],
    ['models', 'models'],
    ['--version', '--version'],
  ])('takes llm-batch %s for llm %s', (typed, meant) => {
    expect(wordsMeant(typed.split(' '), 'llm-batch', commands).join(' ')).toBe(meant)
    expect(wordsMeant(typed.split(' '), 'llm', commands).join(' ')).toBe(typed)
  })
})

describe('namerFor', () => {
  it.each([
    ['See `llm batch list`.', 'See `llm-batch list`.'],
    ['Usage: llm batch INPUT [options]', 'Usage: llm-batch INPUT [options]'],
    ['Usage: llm COMMAND [options]', 'Usage: llm-batch COMMAND [options]'],
    ["Add the key with 'llm keys set openai'.", "Add the key with 'llm-batch keys set openai'."],
    ['See llm --help. ', 'See llm-batch help. '],
    ['See llm batch --help.', 'See llm-batch --help.'],
    ['the answers in llm’s log', 'the answers in llm’s log'],
    ['a prompt for the llm of Python', 'a prompt for the llm of Python'],
    ['Run `llm logs` of a newer Python llm once.', 'Run `llm logs` of a newer Python llm once.'],
    ['Run `llm logs`.', 'Run `llm-batch logs`.'],
  ])('writes %j as %j', (text, named) => {
    expect(namerFor('llm-batch', commands)(text)).toBe(named)
    expect(namerFor('llm', commands)(text)).toBe(text)
  })
})
