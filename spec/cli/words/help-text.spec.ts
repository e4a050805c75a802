import { commands } from '../../../lib/cli/command-list.js'
import { batchFields, reportFields } from '../../../lib/cli/text/batch-json.js'
import { commandHelpText, overviewText } from '../../../lib/cli/words/help-text.js'
import { parseBatchOptions } from '../../../lib/config/batch-options.js'
import { limitsFor } from '../../../lib/config/limits-for.js'
import { makeStoredBatch } from '../make-stored-batch.js'

const helpOf = (words: string) => {
  const command = commands.find(command => command.words === words)
  return command === undefined ? '' : commandHelpText(command)
}

describe('overviewText', () => {
  it('has a line for each command, with what it takes', () => {
    const lines = overviewText(commands).split('\n')
    expect(lines[0]).toBe('Usage: llm COMMAND [options]')
    for (const { words, about } of commands) {
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^  ${words}( .*)?  ${about}$`)),
      )
    }
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}models default \[MODEL\] {2}/))
  })
})

describe('commandHelpText', () => {
  it('shows usage, every option once, and examples', () => {
    const lines = helpOf('batch').split('\n')
    expect(lines[0]).toBe('Usage: llm batch INPUT... [options]')
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}-t, --template TEXT {2,}text with \{column\}/),
    )
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}-o, --option KEY VALUE {2,}/))
    expect(lines).toContainEqual(expect.stringMatching(/^ {6}--rate-limit N {2,}/))
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}-n, --no-log {2,}/))
    expect(lines).toContain('Examples:')
  })

  it('shows operands of which there may be more, and notes below all else', () => {
    expect(helpOf('batch remove')).toMatch(/^Usage: llm batch remove ID\.\.\. \[options\]\n/)
    expect(helpOf('batch list')).toMatch(/\n--json prints an array .*\n {2}id, created_at[^\n]*\n/)
  })

  it.each(['batch list', 'batch status'])('names every field of the JSON of %s', words => {
    const report = {
      batch: makeStoredBatch(),
      durationMs: 0,
      leftMs: 0,
      errors: [],
      resumeCommand: undefined,
    }
    const fields = words === 'batch list' ? batchFields(report.batch) : reportFields(report)
    for (const name of Object.keys(fields)) {
      expect(helpOf(words)).toMatch(new RegExp(`\\b${name}\\b`))
    }
  })

  it('fits a terminal of 100 columns', () => {
    const texts = [overviewText(commands), ...commands.map(commandHelpText)]
    expect(texts.flatMap(text => text.split('\n')).filter(line => line.length > 100)).toEqual([])
  })

  it('names the defaults that the schema has', () => {
    const options = parseBatchOptions({ input: 'x' }, 'spec')
    const help = helpOf('batch')
    const { concurrency } = limitsFor(options, [])
    expect(help).toContain(`or auto: what the server takes (default ${concurrency})`)
    expect(help).toContain(`further attempts for a row (default ${options.retries})`)
    expect(help).toContain(
      `give up an attempt after this time (default ${options.timeoutMs / 1000})`,
    )
    expect(help).toContain(`waits included (default ${options.deadlineMs / 1000})`)
    expect(help).toContain('column for the answers (default response)')
  })

  it('says for a command without options what it takes', () => {
    expect(helpOf('keys get')).toBe(
      'Usage: llm keys get NAME\n\nPrint a stored key.\n\n  NAME  name of the key, such as openai or anthropic\n',
    )
  })
})
