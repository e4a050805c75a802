import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '../lib/host/system-clock.js'
import { readToolFile } from '../lib/tool/read-tool-file.js'
import { startFileServer } from './support/file-server.js'
import { row } from './support/rows.js'
import { runInFolder } from './support/run-in-folder.js'
import { isSoak } from './support/scale.js'
import { patienceMs, specGguf } from './support/spec-gguf.js'
import { startStubServer } from './support/stub-server.js'
import { makeWorkdir, type Workdir } from './support/workdir.js'

const samples = resolve(import.meta.dirname, '../samples')
const run = promisify(execFile)

/**
 * Makes what `make` leaves of a fresh clone. Each part is newer than those before it, so that make
 * is content. Other specs may have linked node-llama-cpp into our own folder.
 */
async function copyClone(clone: string): Promise<void> {
  const root = resolve(samples, '..')
  const copy = (name: string) => cp(join(root, name), join(clone, name), { recursive: true })
  const sources = ['package-lock.json', 'lib', 'bin', '.build', 'tsconfig.json', 'samples']
  for (const name of [...sources, 'tsconfig.build.json', 'package.json', 'Makefile'])
    await copy(name)
  await mkdir(join(clone, 'node_modules'))
  for (const name of await readdir(join(root, 'node_modules'))) {
    const isLeftOut = name === 'node-llama-cpp' || name === '.package-lock.json'
    const path = join(root, 'node_modules', name)
    if (!isLeftOut) await symlink(path, join(clone, 'node_modules', name))
  }
  await copy('node_modules/.package-lock.json')
  await copy('dist')
}

describe('samples', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
    await cp(samples, workdir.join('samples'), { recursive: true })
  })
  afterEach(() => workdir.remove())

  /** Node resolves `llm-batch` from the sample's own folder, so it runs where it lies. */
  async function runScript(name: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [join(samples, name), ...args], {
      cwd: workdir.path,
      env: { PATH: process.env.PATH, HOME: workdir.path, LLM_USER_PATH: workdir.join('llm-user') },
    })
    return stdout
  }

  it.each([
    ['reviews.csv', 'Sentiment of: {review_text}', 6],
    ['reviews.xlsx', 'Sentiment of: {review_text}', 6],
    ['questions.txt', '{prompt}', 3],
    ['reviews.json', 'Sentiment of: {review} ({rating} stars)', 3],
    ['tickets.json', 'Classify for {customer.plan}: {subject}', 3],
    ['data.jsonl', undefined, 5],
    ['conversations.jsonl', undefined, 2],
    ['requests.jsonl', undefined, 2],
  ])('asks once for each row of %s', async (name, template, rows) => {
    const { exitCode, stderr } = await runInFolder(
      ['batch', `samples/${name}`, '--model', 'echo', '--output', 'out.jsonl'].concat(
        template === undefined ? [] : ['--template', template],
      ),
      { cwd: workdir.path },
    )

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const lines = (await workdir.read('out.jsonl')).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).response.length > 0)).toEqual(Array(rows).fill(true))
  })

  it('runs every script that is there', async () => {
    const scripts = (await readdir(samples)).filter(name => name.endsWith('.mjs')).sort()

    expect(scripts).toEqual([
      ...['ask-a-csv.mjs', 'ask-an-array.mjs', 'own-pipeline.mjs', 'terminal-picture.mjs'],
      'tools.mjs',
    ])
  })

  it('terminal-picture.mjs draws a run, with the commands of the picture that README shows', async () => {
    await runScript('terminal-picture.mjs', 'echo', workdir.join('drawn.svg'))
    const drawn = await workdir.read('drawn.svg')
    const shown = await readFile(join(samples, 'terminal.svg'), 'utf8')
    const wordsOf = (picture: string): string =>
      [...picture.matchAll(/class="typed">([^<]*)</g)].map(([, text = '']) => text).join('\n')
    const real = '--model smollm2 -o max_tokens 12 --accept-truncated'

    expect(wordsOf(drawn)).toMatch(/^llm batch reviews.csv [^<]*\nhead -n 3 happy.csv$/)
    expect(wordsOf(shown).replace(real, '--model echo')).toBe(wordsOf(drawn))
    for (const picture of [drawn, shown]) {
      expect(picture).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
      expect(picture).toContain('6 rows read = 6 answered + 0 failed + 0 skipped')
      expect(picture).toContain('Output: /home/ada/happy.csv')
      expect(picture).toContain('customer_id,review_text,response')
      expect(picture).not.toMatch(/Error|\/tmp\//)
    }
  })

  it('tools.mjs gives tools that count', async () => {
    const file = join(samples, 'tools.mjs')
    const [tool] = await readToolFile({ file, folder: samples, clock: systemClock })
    const place = { signal: new AbortController().signal, row: row(0) }
    expect(tool?.spec.name).toBe('count_letters')
    expect(await tool?.execute({ text: 'Zwölf Boxkämpfer!' }, place)).toBe(15)
  })

  it('ask-an-array.mjs prints prompts and answers in their order', async () => {
    expect(await runScript('ask-an-array.mjs')).toBe(
      'Name a primary colour. → Name a primary colour.\n' +
        'Name a planet with rings. → Name a planet with rings.\n' +
        'Name a river in Africa. → Name a river in Africa.\n',
    )
  })

  it('ask-a-csv.mjs writes a CSV with the answers', async () => {
    expect(await runScript('ask-a-csv.mjs', 'answers.csv')).toBe(
      '6 answered, 0 failed: answers.csv\n',
    )
    expect(await workdir.read('answers.csv')).toMatch(/^customer_id,review_text,response\n1001,/)
  })

  it('own-pipeline.mjs writes only what its own stage lets through', async () => {
    await runScript('own-pipeline.mjs', 'short.jsonl')

    const lines = (await workdir.read('short.jsonl')).trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length).toBeLessThan(6)
  })

  describe('make demo', () => {
    const noServer = {
      OLLAMA_BASE_URL: 'http://127.0.0.1:9/v1',
      LMSTUDIO_BASE_URL: 'http://127.0.0.1:9/v1',
      LLAMACPP_BASE_URL: 'http://127.0.0.1:9/v1',
    }

    async function demo(env: Readonly<Record<string, string>>): Promise<string> {
      const { stdout } = await run('bash', [join(samples, 'demo.sh')], {
        env: { PATH: process.env.PATH, HOME: workdir.path, ...noServer, ...env },
      })
      const output = resolve(samples, '../.cache/demo/sentiment_results.csv')
      expect((await readFile(output, 'utf8')).split('\n')[0]).toBe(
        'customer_id,review_text,response',
      )
      expect(await readdir(workdir.path)).not.toContain('llm-user')
      return stdout
    }

    it('without anything shows a result of echo, says what that is and names the next steps', async () => {
      const stdout = await demo({})

      expect(stdout).toContain('not a real model')
      expect(stdout).toContain('models pull smollm2')
      expect(stdout).toContain('keys set openai')
      expect(stdout).toContain('customer_id,review_text,response')
    })

    it('takes the model that a key in the environment opens before one of this machine', async () => {
      const server = await startStubServer({ isRecording: true })

      const stdout = await demo({ ...server.environment, OPENAI_API_KEY: 'sk-demo' })
      await server.close()

      expect(stdout).toContain('A key in the environment opens gpt-4o-mini: 6 short calls.')
      expect(stdout).toContain('That was a real model.')
      expect(server.requests.map(({ model }) => model)).toEqual(Array(6).fill('gpt-4o-mini'))
    })

    it('takes a model of a local server where there is no key, or the key is none', async () => {
      const server = await startStubServer({ isRecording: true })
      const local = { OLLAMA_BASE_URL: server.url }
      const badKey = { OPENAI_API_KEY: 'sk-demo', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }

      const stdout = await demo({ ...local, ...badKey })
      await server.close()

      expect(stdout).toContain('gpt-4o-mini failed. The demo tries the next model.')
      expect(stdout).toContain('A server on this machine has ollama/llama3.2.')
      expect(server.requests.map(({ model }) => model)).toEqual(Array(6).fill('llama3.2'))
    })

    it('tries the next model where a GGUF file cannot be run', async () => {
      await workdir.write('models/broken.gguf', 'GGUF')
      const stdout = await demo({ LLM_MODELS_PATH: workdir.join('models') })

      expect(stdout).toContain('The GGUF file gguf/broken is run in this process.')
      expect(stdout).toContain('gguf/broken failed. The demo tries the next model.')
      expect(stdout).toContain('not a real model')
    })

    // Both ask a model for six long answers, and the first installs hundreds of megabytes.
    if (isSoak && specGguf !== '') {
      it(
        'prints three lines that lead to a small model, and they do',
        async () => {
          const clone = workdir.join('clone')
          await copyClone(clone)
          const server = await startFileServer({ content: await readFile(specGguf) })
          const user = { LLM_USER_PATH: workdir.join('llm-user'), HF_ENDPOINT: server.origin }
          const env = { PATH: process.env.PATH, HOME: workdir.path, ...noServer, ...user }
          const { stdout: before } = await run('make', ['demo'], { cwd: clone, env })
          const lines = /get a small model[^\n]*\n\n((?: {2}.*\n)+)\n/.exec(before)?.[1] ?? ''

          expect(lines.trimEnd().split('\n')).toHaveLength(3)
          const { stdout } = await run('bash', ['-e', '-c', lines], { cwd: clone, env })
          await server.close()

          expect(stdout).toContain('The GGUF file gguf/smollm2 is run in this process.')
          expect(stdout).toContain('That was a small model.')
        },
        patienceMs,
      )

      it(
        'takes a GGUF file that is there where there is nothing else',
        async () => {
          const stdout = await demo({ LLM_MODELS_PATH: dirname(specGguf) })

          expect(stdout).toContain('is run in this process.')
          expect(stdout).toContain('That was a small model.')
        },
        patienceMs,
      )
    }
  })
})
