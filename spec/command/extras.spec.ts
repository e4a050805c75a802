import { useCommand } from '../support/use-command.js'

describe('llm extras', () => {
  const bench = useCommand()

  it('lists what each is for, how large it is, and where it is', async () => {
    const { exitCode, stdout } = await bench.llm(['extras'])

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^NAME +FOR +SIZE +INSTALLED +WHERE\n/)
    expect(stdout).toMatch(/^gguf +GGUF models that run on this machine +700 MB +(yes|no)/m)
    expect(stdout).toMatch(/^xlsx +Excel workbooks \(\.xlsx\) +1 MB +yes +\/.*node_modules$/m)
    expect((await bench.inProcess(['extras', 'list'])).stdout).toBe(stdout)
  })

  it('gives the same to programs', async () => {
    const { stdout } = await bench.inProcess(['extras', '--json'])

    expect(JSON.parse(stdout)).toContainEqual({
      name: 'mcp',
      purpose: 'tools of MCP servers',
      megabytes: 30,
      packages: { '@modelcontextprotocol/sdk': expect.any(String) },
      installed: true,
      folder: expect.stringMatching(/node_modules$/),
    })
  })

  it('installs nothing that is there', async () => {
    const { exitCode, stderr } = await bench.inProcess(['extras', 'install', 'xlsx'])

    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^xlsx is there already: \/.*node_modules\n$/),
    })
  })

  it('does not remove what it has not installed', async () => {
    const { exitCode, stderr } = await bench.inProcess(['extras', 'remove', 'xlsx'])

    expect(exitCode).toBe(1)
    expect(stderr).toContain('xlsx was not installed by llm extras install. It is in /')
  })

  it.each([
    ['ggfu', 'Did you mean gguf?'],
    ['everything', 'Extras: gguf, xlsx, parquet, mcp, python'],
  ])('refuses the unknown extra %s', async (name, hint) => {
    expect(await bench.inProcess(['extras', 'install', name])).toMatchObject({
      exitCode: 2,
      stderr: `Error: Unknown extra: ${name}\n${hint}\n`,
    })
  })
})
