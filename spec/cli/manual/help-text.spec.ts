import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import stringWidth from 'string-width'
import { commands } from '../../../lib/cli/command-list.js'
import { endingGroups } from '../../../lib/cli/manual/help-ending.js'
import { commandHelpText, overviewText } from '../../../lib/cli/manual/help-text.js'
import { batchFields, reportFields } from '../../../lib/cli/text/batch-json.js'
import { exitCodes } from '../../../lib/cli/text/exit-code.js'
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
    const texts = [overviewText(commands), ...commands.map(command => commandHelpText(command))]
    expect(texts.flatMap(text => text.split('\n')).filter(line => line.length > 100)).toEqual([])
  })

  it.each([25, 40, 80, 200])('wraps to a terminal of %d columns, and keeps every word', width => {
    for (const command of commands) {
      const wrapped = commandHelpText(command, width)
      const lines = wrapped.split('\n')
      const examples = new Set(command.examples?.map(line => `  ${line}`))
      // An example is to be copied, and a word has no place to break.
      const wide = lines.filter(line => stringWidth(line) > width && !examples.has(line))

      expect(wide.filter(line => line.trim().includes(' '))).toEqual([])
      expect(wrapped.split(/\s+/)).toEqual(commandHelpText(command).split(/\s+/))
    }
  })

  it('ends with exit codes, variables, files and one link, below the groups', () => {
    const titles = helpOf('batch').match(/^[A-Z][a-z ]+:$/gm)
    expect(titles?.slice(-4)).toEqual(['Examples:', 'Exit codes:', 'Environment:', 'Files:'])
    expect(helpOf('batch').match(/https:/g)).toHaveLength(1)
    expect(overviewText(commands).match(/https:/g)).toHaveLength(1)
    expect(helpOf('keys get')).not.toContain('Exit codes:')
  })

  it('names the exit codes that there are', () => {
    const [codes] = endingGroups
    expect(codes?.entries.map(([code]) => Number(code))).toEqual(Object.values(exitCodes))
  })

  it('names variables that the program reads', async () => {
    const lib = resolve(import.meta.dirname, '../../../lib')
    const files = (await readdir(lib, { recursive: true })).filter(
      name => name.endsWith('.ts') && !name.includes('manual'),
    )
    const code = (await Promise.all(files.map(name => readFile(join(lib, name), 'utf8')))).join('')
    const names = endingGroups[1]?.entries.flatMap(([name]) => name.match(/[A-Z_]{3,}/g) ?? [])
    const read = names?.filter(name => !/^(OPENAI|HTTPS|NO_PROXY|NO_COLOR|FORCE_COLOR)/.test(name))

    expect(read?.length).toBeGreaterThan(7)
    for (const name of read ?? []) expect(code).toContain(name)
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
