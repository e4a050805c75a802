import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { useCommand } from '../support/use-command.js'

/** Nothing is taken from what is made: whoever makes it has to say that it is private. */
const open = 'umask 000;'

describe('what llm makes in its folder', () => {
  const bench = useCommand()
  beforeEach(async () => {
    await bench.workdir.write('in.csv', 'name\nAda\nAlan\n')
    await bench.workdir.write('one.gguf', 'GGUF')
  })

  /** Each file and folder below, and the folder itself, with its mode. */
  async function modesIn(folder: string): Promise<Record<string, string>> {
    const names = await readdir(folder, { recursive: true }).catch(() => [])
    const modes: Record<string, string> = {}
    for (const path of [folder, ...names.map(name => join(folder, name))]) {
      const { mode } = await stat(path)
      modes[relative(folder, path)] = (mode & 0o777).toString(8)
    }
    return modes
  }

  const batch = 'llm batch in.csv -t "Say {name}" -q'

  it.each([
    ['a key', 'llm keys set openai --value sk-x', ['keys.json']],
    ['a default model', 'llm models default gpt-4o', ['default_model.txt']],
    ['a name of a GGUF file', 'llm models add one one.gguf', ['gguf', 'gguf/models.json']],
    ['a batch that is looked at', `${batch} -m echo; llm batch list`, ['logs.db']],
  ])('is private, whatever the umask: %s', async (_what, command, made) => {
    const { stderr } = await bench.shell(`${open} ${command}`, {
      env: { LLM_USER_PATH: bench.workdir.join('new/home') },
    })

    const modes = await modesIn(bench.workdir.join('new/home'))
    expect(Object.keys(modes)).toEqual(expect.arrayContaining(['', ...made]))
    for (const [path, mode] of Object.entries(modes)) {
      expect({ path, mode, stderr }).toMatchObject({
        path,
        mode: path === '' || path === 'gguf' ? '700' : '600',
      })
    }
    expect((await stat(bench.workdir.join('new'))).mode & 0o777).toBe(0o700)
  })

  it('is private while a batch runs: the journal, and what SQLite keeps beside its database', async () => {
    bench.server.hold()
    const running = bench.shell(`${open} exec ${batch} --concurrency 2`)
    await bench.server.arrived(2)
    bench.server.release(1)
    await bench.server.arrived(2)

    const modes = await modesIn(bench.workdir.join('llm-user'))
    bench.server.release()
    expect(await running).toMatchObject({ exitCode: 0 })

    const files = Object.entries(modes).filter(([path]) => path !== '')
    expect(files.length).toBeGreaterThan(0)
    expect(files.filter(([, mode]) => mode !== '600')).toEqual([])
  })

  it('is private in a folder that was there and is open to all, which stays as it is', async () => {
    const home = bench.workdir.join('shared')
    await mkdir(home)
    await chmod(home, 0o755)
    const env = { LLM_USER_PATH: home }

    await bench.shell(`${open} llm keys set openai --value sk-x; ${batch} -m echo`, { env })

    const { '': folder, ...files } = await modesIn(home)
    expect(folder).toBe('755')
    expect(files).toMatchObject({ 'keys.json': '600', 'logs.db': '600' })
  })
})
