import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-faults.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const csv = 'name\nAda\nAlan\nGrace\nEdsger\n'

beforeEach(() => bench.workdir.write('rows.csv', csv))

const words = ['batch', 'rows.csv', '-t', 'Hi {name}', '-m', 'gpt-4o', '--output', 'out.csv']

/** Starts a batch of which the first row is answered and the second never. */
async function startWaiting() {
  bench.script.fault = (_number, text) => (text === 'Hi Ada' ? undefined : faults.hang)
  const running = bench.start([...words, '--batch-id', 'names'])
  await bench.server.arrived(2)
  return running
}

/** Answers from now on. */
const hurry = () => {
  bench.script = {}
}

describe('llm batch, from another terminal', () => {
  it('prints the command to resume when it is interrupted, and that command goes on', async () => {
    const running = await startWaiting()
    running.kill('SIGINT')
    await running.said('Interrupted, stopping')
    running.kill('SIGINT')
    const { exitCode, stderr } = await running.result
    expect(exitCode).toBe(130)
    const command = /\nResume with: (.*)\n$/.exec(stderr)?.[1]
    expect(command).toBe('llm batch rows.csv --resume --batch-id names')
    expect((await bench.inProcess(['batch', 'list'])).stdout).toMatch(
      /\nnames +paused .* rows\.csv /,
    )

    hurry()
    const resumed = await bench.shell(command ?? '')

    expect(resumed).toMatchObject({ exitCode: 0 })
    expect(await bench.workdir.read('out.csv')).toBe(
      'name,response\nAda,Answer to: Hi Ada\nAlan,Answer to: Hi Alan\nGrace,Answer to: Hi Grace\nEdsger,Answer to: Hi Edsger\n',
    )
    expect((await bench.inProcess(['batch', 'status', 'names'])).stdout).toMatch(
      /^names: completed\n/,
    )
  })

  it('stops at once when it is cancelled twice: exit 3, a valid output, cancelled', async () => {
    const running = await startWaiting()
    const first = await bench.inProcess(['batch', 'cancel', 'names'])
    const second = await bench.inProcess(['batch', 'cancel', 'names'])
    const ended = await running.result

    expect([first.stdout, second.stdout]).toEqual([
      expect.stringContaining('Asked names to stop'),
      'Asked names to end its calls in flight at once.\n',
    ])
    expect(ended.exitCode).toBe(3)
    expect(ended.stderr).toContain('Resume with: llm batch rows.csv --resume --batch-id names')
    expect(await bench.workdir.read('out.csv')).toBe('name,response\nAda,Answer to: Hi Ada\n')
    const status = await bench.inProcess(['batch', 'status', 'names', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({ status: 'cancelled', completed_prompts: 1 })
  })

  it('knows that a process was killed, and cancels what it left behind at once', async () => {
    const running = await startWaiting()
    expect((await bench.inProcess(['batch', 'list', '--status', 'running'])).stdout).toContain(
      'names',
    )
    running.kill('SIGKILL')
    await running.result

    const list = await bench.inProcess(['batch', 'list'])
    const status = await bench.inProcess(['batch', 'status', 'names'])
    const cancelled = await bench.inProcess(['batch', 'cancel', 'names'])
    const after = await bench.inProcess(['batch', 'list', '--status', 'cancelled', '--json'])

    expect(list.stdout).toMatch(/\nnames +failed .*\nFailed because its process is gone: names\n/)
    expect(status.stdout).toMatch(/^names: failed, its process is gone\n/)
    expect(status.stdout).toContain('Resume with: llm batch rows.csv --resume --batch-id names')
    expect(cancelled.stdout).toBe('names is cancelled: its process is gone.\n')
    expect(JSON.parse(after.stdout)).toMatchObject([{ id: 'names' }])
  })

  it('gives failed rows as an input, forgets batches when told to, and keeps the log of llm', async () => {
    bench.script.fault = (_number, text) =>
      text === 'Hi Alan' ? { kind: 'answer', finishReason: 'content-filter' } : undefined
    expect(await bench.inProcess([...words, '--batch-id', 'names', '-q'])).toMatchObject({
      exitCode: 1,
    })

    const errors = await bench.inProcess(['batch', 'errors', 'names'])
    await bench.workdir.write('failed.csv', errors.stdout)
    const again = await bench.inProcess(['batch', 'failed.csv', '-t', '{name}', '-m', 'echo'])
    const closed = await bench.shell('llm batch list | head -1; llm batch errors names | true')
    const refused = await bench.inProcess(['batch', 'remove', 'names'])
    const removed = await bench.inProcess(['batch', 'remove', 'names', '--yes'])
    const pruned = await bench.inProcess(['batch', 'prune', '--older-than', '0s', '--yes'])

    expect(errors.stdout).toMatch(/^name,error_code,error_message\n/)
    expect(again).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(again.stdout)).toMatchObject({ name: 'Alan', response: 'Alan' })
    expect(closed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(removed).toMatchObject({ exitCode: 0, stdout: 'Removed 1 batch.\n' })
    expect(pruned).toMatchObject({ exitCode: 0, stdout: 'Removed 1 batch.\n' })
    const database = bench.workdir.join('llm-user', 'logs.db')
    expect(await queryDatabase(database, 'SELECT count(*) AS count FROM batch_rows')).toEqual([
      { count: 0 },
    ])
    const [{ count }] = await queryDatabase(database, 'SELECT count(*) AS count FROM turns')
    expect(count).toBe(4)
  })

  it('shows a stack only when asked to', async () => {
    const plain = await bench.inProcess(['batch', 'status', 'nope'])
    const raised = await bench.inProcess(['batch', 'status', 'nope'], {
      env: { LLM_RAISE_ERRORS: '1' },
    })

    expect(plain).toMatchObject({ exitCode: 2, stderr: expect.not.stringContaining('    at ') })
    expect(raised).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('\n    at ') })
  })
})
