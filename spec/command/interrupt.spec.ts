import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { lockDatabase } from '../store/edit-database.js'
import { queryDatabase } from '../support/query-database.js'
import type { RunningCommand } from '../support/run-command.js'
import { faults } from '../support/stub-faults.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const itOnLinux = process.platform === 'linux' ? it : it.skip
const prompts = Array.from({ length: 40 }, (_, index) => `p${index}\n`).join('')

describe('llm batch, interrupted', () => {
  const bench = useCommand()
  const args = 'batch in.txt --output out.json --concurrency 2'.split(' ')
  const logs = (): string => bench.workdir.join('llm-user', 'logs.db')

  /** A run with two calls in flight that has heard of an interrupt. */
  async function interruptedOnce(words = args) {
    bench.server.hold()
    const running = bench.start(words)
    await bench.server.arrived(2)
    running.kill('SIGINT')
    await running.said('Interrupted')
    return running
  }

  it('ends calls in flight after one interrupt, writes and records them, and starts no other', async () => {
    await bench.workdir.write('in.txt', prompts)
    const running = await interruptedOnce()
    bench.server.release()
    const { exitCode } = await running.result

    expect(exitCode).toBe(130)
    expect(bench.server.requestCount()).toBe(2)
    expect(JSON.parse(await bench.workdir.read('out.json'))).toMatchObject([
      { response: 'Answer to: p0' },
      { response: 'Answer to: p1' },
    ])
    expect(await queryDatabase(logs(), 'select status, completed_prompts from batch_runs')).toEqual(
      [{ status: 'paused', completed_prompts: 2 }],
    )
  })

  it('stops now at the second interrupt, and leaves no output without a row in it', async () => {
    await bench.workdir.write('in.txt', prompts)
    const running = await interruptedOnce()
    running.kill('SIGINT')

    const { exitCode, stderr } = await running.result
    expect(exitCode).toBe(130)
    expect(stderr).toContain('there is no output.')
    expect(stderr).toContain('Resume with: llm batch in.txt --resume')
    await expect(bench.workdir.read('out.json')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is paused for whoever looks, also when the database was locked at its end', async () => {
    await bench.workdir.write('in.txt', prompts)
    bench.server.hold()
    const running = bench.start(args)
    await bench.server.arrived(2)
    const lock = await lockDatabase(logs())
    running.kill('SIGINT')
    await running.said('Interrupted')
    running.kill('SIGINT')
    expect(await running.result).toMatchObject({ exitCode: 130 })
    await lock.release()

    const listed = await bench.inProcess(['batch', 'list', '--json'])

    expect(JSON.parse(listed.stdout)).toMatchObject([{ status: 'paused' }])
    expect((await readdir(bench.workdir.join('llm-user'))).join()).not.toContain('journal')
  })

  it.each([1, 2])(
    'leaves nothing broken when interrupted %i times before any row came',
    async times => {
      const running = bench.start('batch - --input-format csv --output out.csv'.split(' '))
      running.stdin.write('prompt\n')
      await until(isBegun)

      for (let count = 0; count < times; count += 1) {
        running.kill('SIGINT')
        await running.said(count === 0 ? 'Interrupted, stopping' : 'Interrupted again')
      }

      const { exitCode, stderr } = await running.result
      expect(exitCode).toBe(130)
      expect(stderr).toContain('0 rows read = 0 answered + 0 failed + 0 skipped')
      expect(stderr).toContain('Resume with: llm batch - --resume')
      await expect(bench.workdir.read('out.csv')).rejects.toMatchObject({ code: 'ENOENT' })
    },
  )

  /** Whether the batch is more than recorded: its run has begun, and hears of signals. */
  async function isBegun(): Promise<boolean> {
    const runs = await queryDatabase(logs(), 'SELECT run FROM batch_runs').catch(() => [])
    return runs.some(({ run }) => run > 0)
  }

  itOnLinux('asks nothing and leaves nothing when it waits for its input yet', async () => {
    const running = bench.start('batch - --output out.csv'.split(' '))
    await until(() => hearsHangUps(running.processId))

    running.kill('SIGHUP')

    expect(await running.result).toMatchObject({ exitCode: 130, stdout: '' })
    expect(await readdir(bench.workdir.path)).not.toContain('out.csv')
    await expect(stat(logs())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('says that the output holds a part, when rows behind a straggler were recorded and not written', async () => {
    await bench.workdir.write('in.txt', prompts)
    bench.script.fault = (_number, text) => (text === 'p3' ? faults.hang : undefined)
    const running = bench.start(args)

    await until(() => bench.server.requestCount() === 40)
    running.kill('SIGINT')
    await running.said('Interrupted')
    running.kill('SIGINT')

    const { stderr } = await running.result
    expect(stderr).toContain('All answers are recorded; the output has a part of them.')
    expect(stderr).not.toContain('valid')
    expect(JSON.parse(await bench.workdir.read('out.json'))).toHaveLength(3)
  })

  it('says that the old output is as it was, when there was nothing yet to replace it with', async () => {
    await bench.workdir.write('in.txt', prompts)
    await bench.workdir.write('out.json', 'old')
    const running = await interruptedOnce([...args, '--overwrite'])
    running.kill('SIGINT')

    const { stderr } = await running.result
    expect(stderr).toContain('All answers are recorded; the output is as before.')
    expect(stderr).toMatch(/Output: .*out\.json \(as before\)/)
    expect(await bench.workdir.read('out.json')).toBe('old')
  })

  it('names no output that was removed meanwhile', async () => {
    await bench.workdir.write('in.txt', prompts)
    bench.server.hold()
    const running = bench.start(args)
    await bench.server.arrived(2)
    await rm(bench.workdir.join('out.json'))
    bench.server.release()

    const { exitCode, stderr } = await running.result

    expect(exitCode).toBe(3)
    expect(stderr).toContain('The output was removed or replaced')
    expect(stderr).not.toContain('Output:')
  })

  it.each([
    ['the second interrupt', interruptedTwice, 130, 'paused'],
    ['the second cancel', cancelledTwice, 3, 'cancelled'],
    ['a grace that is over', cancelledWithGrace, 3, 'cancelled'],
  ])('stops now at %s, though its reader takes nothing', async (_how, stop, code, status) => {
    const big = JSON.stringify({ prompt: 'long '.repeat(2000) })
    await bench.workdir.write('big.jsonl', `${big}\n`.repeat(200))
    const words = 'batch big.jsonl --batch-id big --concurrency 20'.split(' ')
    const running = bench.start(words, { isStdoutRead: false })
    await until(() => bench.server.requestCount() === 200)
    await bench.server.idle()

    await stop(running)

    const { exitCode, stderr } = await running.result
    expect(exitCode).toBe(code)
    const listed = await bench.inProcess(['batch', 'list', '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject([{ status }])
    expect(stderr).toContain('Resume with: llm batch big.jsonl --resume --batch-id big')
    if (code === 130) expect(stderr).toContain('the output has a part of them')
  })

  async function interruptedTwice(running: RunningCommand): Promise<void> {
    running.kill('SIGINT')
    await running.said('Interrupted, stopping')
    running.kill('SIGINT')
  }

  async function cancelledTwice(): Promise<void> {
    await bench.inProcess(['batch', 'cancel', 'big'])
    await bench.inProcess(['batch', 'cancel', 'big'])
  }

  async function cancelledWithGrace(): Promise<void> {
    await bench.inProcess(['batch', 'cancel', 'big', '--grace', '1'])
  }
})

/**
 * Whether a process listens for SIGHUP, the first of the signals that the kernel says it catches;
 * Node itself does not.
 */
async function hearsHangUps(processId: number): Promise<boolean> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8')
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
  return (BigInt(`0x${caught}`) & 1n) !== 0n
}
