import type { CommandResult } from '../support/run-command.js'
import { faults } from '../support/stub-server.js'
import { useCommand } from '../support/use-command.js'

/** What a person who has only `llm-batch` cannot type. */
const otherName = /\bllm (batch|keys|models|logs|templates|--help)\b/

describe('llm-batch', () => {
  const bench = useCommand()

  const rows = () => bench.workdir.write('rows.csv', 'name\nAda\nAlan\n')

  it('FILE is llm batch FILE, and each command that it prints says llm-batch and works', async () => {
    await rows()
    bench.script.fault = (_number, text) =>
      text === 'Hi Alan' && bench.server.calls.get(text) === 1 ? faults.badRequest() : undefined

    const failed = await bench.shell("llm-batch rows.csv -t 'Hi {name}' -m gpt-4o --output o.csv")
    const status = await bench.shell('llm-batch status')
    const command = /again with: (llm-batch .*)\n/.exec(failed.stderr)?.[1]
    const resumed = await bench.shell(command ?? 'false')

    expect(failed.exitCode).toBe(1)
    expect(status.stdout).toContain(`\nResume with: ${command}\n`)
    expect(resumed).toMatchObject({ exitCode: 0 })
    expect(failed.stderr + status.stdout + resumed.stderr).not.toMatch(otherName)
  })

  function expectOurName({ stdout, stderr, exitCode }: CommandResult): void {
    expect(stdout + stderr).not.toMatch(otherName)
    if (exitCode !== 0) expect(stderr).toMatch(/^Error: /)
  }

  it.each([
    ['llm-batch', 0],
    ['env -u OPENAI_API_KEY llm-batch rows.csv -m gpt-4o -t "Hi {name}"', 2],
  ])('%s names no command that is not there', async (script, exitCode) => {
    await rows()

    const ended = await bench.shell(script)

    expect(ended).toMatchObject({ exitCode })
    expectOurName(ended)
  })

  it.each([
    ['llm-batch help', 0],
    ['llm-batch --help', 0],
    ['llm-batch status --help', 0],
    ['llm-batch keys set --help', 0],
    ['llm-batch models pull --help', 0],
    ['llm-batch logs --help', 0],
    ['llm-batch statsu', 2],
    ['llm-batch status nothing', 2],
    ['llm-batch remove', 2],
    ['llm-batch list x', 2],
    ['llm-batch rows.csv -m nothing-like-it', 2],
    ['llm-batch rows.csv --jobbs 3', 2],
    ['llm-batch rows.csv -t nothing-saved', 2],
    ['llm-batch keys get nothing', 1],
  ])('%s names no command that is not there', async (script, exitCode) => {
    await rows()
    const [programPath = '', ...words] = script.split(' ')

    const ended = await bench.inProcess(words, { programPath })

    expect(ended).toMatchObject({ exitCode })
    expectOurName(ended)
  })

  it('takes a misspelt file for a file, never for a prompt to another llm', async () => {
    const ended = await bench.inProcess(['nowhere.csv'], { programPath: 'llm-batch' })

    expect(ended).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^Error: Input file not found: nowhere\.csv/),
    })
  })
})
