import { queryDatabase } from '../support/query-database.js'
import { useCommand } from '../support/use-command.js'

const prompts = Array.from({ length: 40 }, (_, index) => `p${index}\n`).join('')

describe('llm batch, interrupted', () => {
  const bench = useCommand()
  const args = 'batch in.txt --output out.json --concurrency 2'.split(' ')
  const logs = (): string => bench.workdir.join('llm-user', 'logs.db')

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends calls in flight after one %s, writes and records them, and starts no other',
    async signal => {
      await bench.workdir.write('in.txt', prompts)
      bench.server.hold()
      const running = bench.start(args)

      await bench.server.arrived(2)
      running.kill(signal)
      await running.said('Interrupted')
      bench.server.release()
      const { exitCode } = await running.result

      expect(exitCode).toBe(130)
      expect(bench.server.requestCount()).toBe(2)
      expect(JSON.parse(await bench.workdir.read('out.json'))).toMatchObject([
        { response: 'Answer to: p0' },
        { response: 'Answer to: p1' },
      ])
      expect(
        await queryDatabase(logs(), 'select status, completed_prompts from batch_runs'),
      ).toEqual([{ status: 'paused', completed_prompts: 2 }])
    },
  )

  it('stops now at the second interrupt, with a valid output', async () => {
    await bench.workdir.write('in.txt', prompts)
    bench.server.hold()
    const running = bench.start(args)

    await bench.server.arrived(2)
    running.kill('SIGINT')
    await running.said('Interrupted')
    running.kill('SIGINT')

    expect(await running.result).toMatchObject({ exitCode: 130 })
    expect(JSON.parse(await bench.workdir.read('out.json'))).toEqual([])
  })
})
