import { range } from '../support/rows.js'
import { useCommand } from '../support/use-command.js'

const numberedRows = (count: number) => ['n', ...range(count), ''].join('\n')

describe('llm batch where few files may be open', () => {
  const bench = useCommand()

  it.each([
    [256, 216],
    [64, 24],
  ])('lowers its calls at once to what %d allow, and says so', async (files, calls) => {
    await bench.workdir.write('in.csv', numberedRows(600))
    const { stdout, stderr, exitCode } = await bench.shell(
      `ulimit -n ${files}; llm batch in.csv -t '{n}' -m gpt-4o --concurrency 1000 -O out.csv`,
    )

    expect(stderr).toContain(`--concurrency 1000 is lowered to ${calls}`)
    expect(stderr).toContain(`may have ${files} files open`)
    expect(stderr).toContain('ulimit -n')
    expect(`${stdout}${stderr}`).toContain('600 answered + 0 failed')
    // One more looked whether the server is there.
    expect(bench.server.connectionCount()).toBeLessThanOrEqual(calls + 1)
    expect(exitCode).toBe(0)
  })

  it('lowers nothing where the files are enough', async () => {
    await bench.workdir.write('in.csv', numberedRows(10))
    const { stderr } = await bench.shell(
      `ulimit -n 256; llm batch in.csv -t '{n}' -m gpt-4o --concurrency 200 -O out.csv`,
    )
    expect(stderr).not.toContain('lowered')
  })

  it('holds calls back that get no connection, and fails none of them', async () => {
    const transport = new URL('../../dist/lib/model/transport/undici-transport.js', import.meta.url)
    await bench.workdir.write(
      'calls.mjs',
      `const { openTransport } = await import(${JSON.stringify(transport.href)})
      const transport = openTransport({
        origin: ${JSON.stringify(new URL(bench.server.url).origin)},
        connections: 400,
        environment: {},
      })
      const body = JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] })
      const ended = { replied: 0, lost: 0 }
      await new Promise(resolve => {
        const count = name => () => {
          ended[name] += 1
          if (ended.replied + ended.lost === 400) resolve()
        }
        const listener = { replied: count('replied'), lost: count('lost') }
        for (let index = 0; index < 400; index += 1) {
          transport.send({ path: '/v1/chat/completions', headers: {}, body }, listener)
        }
      })
      console.log(JSON.stringify(ended))
      await transport.close()`,
    )
    const { stdout } = await bench.shell(`ulimit -n 100; ${process.execPath} calls.mjs`)
    expect(JSON.parse(stdout)).toEqual({ replied: 400, lost: 0 })
    // One more looked whether the server is there.
    expect(bench.server.connectionCount()).toBeLessThan(100)
  })
})
