import { range } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'
import { isPythonLlmThere, runPythonLlm } from './python-llm.js'

/**
 * One process asks them one after another: several of Python's llm lock each other out without us.
 */
const prompts = scale > 1 ? 50 : 8
/**
 * Python's llm reads before it writes in one transaction, so that SQLite lets it wait for nobody:
 * it fails at once when its first write meets the lock. A batch of 100 rows a second holds the lock
 * for one hundredth of the time.
 */
const mostUnlucky = scale > 1 ? 3 : 1
const rows = prompts * 200

const itWithPython = isPythonLlmThere ? it : it.skip

describe('Python’s llm beside a batch of 100 calls at once', () => {
  const bench = useCommand()

  itWithPython('records its prompts, as beside an idle database', async () => {
    await bench.workdir.write(
      'in.csv',
      `prompt\n${range(rows)
        .map(index => `question ${index} ${'long '.repeat(40)}\n`)
        .join('')}`,
    )
    bench.script.answer = () => 'An answer of some length. '.repeat(40)
    bench.script.latencyMs = text => (text === 'Hello' ? 0 : 1000)
    const batch = ['batch', 'in.csv', '--concurrency', '100']
    await bench.llm([...batch, '--limit', '1', '--output', 'first.csv'])
    const ask = async () => {
      const results = await runPythonLlm(
        {
          version: '0.36',
          userPath: bench.workdir.join('llm-user'),
          baseUrl: bench.server.environment.OPENAI_BASE_URL as string,
        },
        range(prompts).map(() => ['-m', 'gpt-4o-mini', '--no-stream', 'Hello']),
      )
      return results.filter(({ exitCode }) => exitCode !== 0).map(({ output }) => output.slice(-80))
    }
    expect(await ask()).toEqual([])
    const before = bench.server.requestCount()
    const running = bench.start([...batch, '--output', 'out.csv'])
    await bench.server.arrived(before + 200)

    const failed = await ask()

    running.kill('SIGINT')
    expect(failed.length > mostUnlucky ? failed : []).toEqual([])
    expect(await running.result).toMatchObject({ exitCode: 130 })
  })
})
