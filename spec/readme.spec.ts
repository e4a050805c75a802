import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { commands } from '../lib/cli/command-list.js'
import { blocksOf, chapters, isOfLlmAlone, readme, scriptsOf, stepsOf } from './support/readme.js'
import { type Fault, faults, type StubServerOptions } from './support/stub-server.js'
import { useCommand } from './support/use-command.js'

const root = resolve(import.meta.dirname, '..')
const picture = await readFile(`${root}/samples/terminal.svg`, 'utf8')

/**
 * What goes wrong in a chapter about that; `asked` is how often the prompt has been asked, this
 * time included.
 */
const faultsOf: Readonly<
  Record<string, (requestNumber: number, text: string, asked: number) => Fault | undefined>
> = {
  'When rows fail': (_number, text, asked) =>
    text.includes('Terrible') && asked === 1
      ? { kind: 'answer', finishReason: 'content-filter' }
      : undefined,
  'When something stops': number => (number === 3 ? faults.hang : undefined),
}

/** What the model answers in a chapter whose answers must have a form. */
const answersOf: Readonly<Record<string, StubServerOptions['answer']>> = {
  Tools: (text, { tools, rounds }) =>
    tools.includes('count_letters') && rounds.length === 0
      ? { text: '', calls: [{ name: 'count_letters', arguments: JSON.stringify({ text }) }] }
      : undefined,
  'Answers as columns': text =>
    text.startsWith('List')
      ? '{"items": [{"product": "spade", "is_praised": true}]}'
      : '{"mood": "positive", "stars": 5, "summary": "The customer is delighted."}',
}

/**
 * Two seconds are enough for a person's first answers, but not on every machine: here it is waited
 * for them.
 */
const patientSleep = `sleep() {
  until [ "$(grep -c 'Answer to' out.csv 2> /dev/null)" = 2 ]; do command sleep 0.2; done
}`

describe('README', () => {
  const bench = useCommand()
  const keys = {
    ANTHROPIC_API_KEY: 'sk-ant-spec',
    GEMINI_API_KEY: 'gemini-spec',
    OPENROUTER_API_KEY: 'or-spec',
  }

  /** Makes a folder with the samples in it, and a model that answers as the chapter wants. */
  async function prepare(heading: string): Promise<void> {
    bench.script.fault = (number, text) =>
      faultsOf[heading]?.(number, text, bench.server.calls.get(text) ?? 0)
    const answer = answersOf[heading]
    if (answer !== undefined) bench.script.answer = answer
    await cp(`${root}/samples`, bench.workdir.join('samples'), { recursive: true })
  }

  const runShell = (script: string) =>
    bench.shell(`set -e\n${patientSleep}\n${script}`, { env: keys })

  /** The words of a command of llm, as the shell reads them. */
  async function wordsOf(command: string): Promise<readonly string[]> {
    const { stdout } = await bench.shell(`llm() { printf '%s\\0' "$@"; }\n${command}`)
    return stdout.split('\0').slice(0, -1)
  }

  /** Runs a step: in this process where it is a command of llm alone, else in a shell. */
  async function runStep(script: string) {
    if (!isOfLlmAlone(script)) return runShell(script)
    return bench.inProcess(await wordsOf(script), { env: keys })
  }

  /** Runs the steps of a chapter, each to its end. */
  async function runChapter(heading: string) {
    await prepare(heading)
    let [stdout, stderr] = ['', '']
    for (const script of scriptsOf(heading).flatMap(stepsOf)) {
      const step = await runStep(script)
      expect({ script, ...step }).toMatchObject({ exitCode: 0 })
      stdout += step.stdout
      stderr += step.stderr
    }
    return { stdout, stderr }
  }

  /** What the reader has after a chapter. */
  const becomes: Readonly<Record<string, () => Promise<void>>> = {
    async 'Answers as columns'() {
      const [, shown = ''] =
        blocksOf('text').find(([chapter]) => chapter === 'Answers as columns') ?? []
      expect(await bench.workdir.read('rated.csv')).toMatch(
        new RegExp(`^${shown.trimEnd().replace(/[.!]/g, '\\$&')}\n`),
      )
      const products = await bench.workdir.read('products.csv')
      expect(products).toContain('Highly recommend.,spade,true\n')
    },
    async Tools() {
      const answered = await bench.workdir.read('answered.csv')
      expect(answered).toContain('What is the capital of France?,Results: 24\n')
    },
  }

  it.each(chapters.filter(heading => !(heading in faultsOf)))(
    '%s: each command runs as written',
    async heading => {
      const { stderr } = await runChapter(heading)

      expect(stderr).not.toMatch(/^Error/m)
      await becomes[heading]?.()
    },
  )

  it('When rows fail: the failed row is asked again, alone, and takes its place', async () => {
    const heading = 'When rows fail'
    const { stdout, stderr } = await runChapter(heading)

    expect(stdout).toContain('exit 1\n')
    expect(stdout).toContain('1 × ANSWER_FILTERED')
    expect(await bench.workdir.read('failed.csv')).toMatch(/^customer_id,.*\n1002,.*\n$/)
    expect(await bench.workdir.read('second.csv')).toContain('Answer to: Sentiment of: Terrible')
    expect(await bench.workdir.read('out.csv')).toMatch(/\n1002,.*,Answer to: Sentiment of: T/)
    expect(stderr).toContain('"failed_prompts":0')
    expect(bench.server.requestCount()).toBe(6 + 1 + 1 + 6)
  })

  it('When something stops: only what was in flight is asked again, and only new rows of a pipe', async () => {
    const heading = 'When something stops'
    const { stderr } = await runChapter(heading)

    expect(stderr).toContain('6 rows read = 6 answered (2 by earlier runs) + 0 failed + 0 skipped')
    expect((await bench.workdir.read('out.csv')).match(/Answer to:/g)).toHaveLength(6)
    const answers = (await bench.workdir.read('answers.jsonl')).trimEnd().split('\n')
    expect(answers.map(answer => JSON.parse(answer).response)).toEqual([
      'Answer to: Name a primary colour.',
      'Answer to: Name an even number below ten.',
      'Answer to: Name a planet with rings.',
      'Answer to: Name a river in Africa.',
      'Answer to: Name a prime number above ten.',
      'Answer to: Name a lake in Italy.',
      'Answer to: Name a lake in Peru.',
    ])
    expect(bench.server.requestCount()).toBe(6 + 1 + 5 + 1 + 1)
  })

  it('When something stops: an interrupt says what is shown', async () => {
    const [shown = ''] = blocksOf('text').flatMap(([, text]) =>
      text.startsWith('Interrupted') ? [text] : [],
    )
    const [script = ''] = scriptsOf('When something stops')
    const [command] = script.split(' &\n')

    await prepare('When something stops')
    const { stdout } = await runShell(
      `${command} 2> said &
      sleep 2
      kill -INT $!
      until grep -q Interrupted, said; do command sleep 0.2; done
      kill -INT $!
      wait $! || echo "exit $?"`,
    )

    expect(stdout).toBe('exit 130\n')
    const said = await bench.workdir.read('said')
    for (const line of shown.trimEnd().split('\n')) if (line !== '…') expect(said).toContain(line)
  })

  it('shows configurations that are accepted', async () => {
    await bench.workdir.write('in.txt', 'a\n')
    const yaml = blocksOf('yaml')
    expect(yaml.length).toBeGreaterThan(1)

    for (const [, text = ''] of yaml) {
      await bench.workdir.write('.llm/batch-config.yaml', text)
      const output = ['--output', 'out.json', '--overwrite']
      const words = ['batch', 'in.txt', ...output, '--restart']
      const { exitCode, stderr } = await bench.inProcess(words)

      expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
      expect(JSON.parse(await bench.workdir.read('out.json'))).toHaveLength(1)
    }
  })

  it('As a library: the program runs as written', async () => {
    const programs = blocksOf('js').map(([, code]) => code)
    await cp(`${root}/samples`, bench.workdir.join('samples'), { recursive: true })
    // By its path, since the package is not installed in this folder; samples.spec.ts runs programs
    // that name it.
    const door = JSON.stringify(pathToFileURL(`${root}/dist/lib/index.js`).href)
    const outputs: string[] = []
    for (const [at, program] of programs.entries()) {
      await bench.workdir.write(`program-${at}.mjs`, program.replace("'llm-batch'", door))
      const { exitCode, stdout, stderr } = await bench.shell(
        `node --disable-warning=ExperimentalWarning program-${at}.mjs`,
      )
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      outputs.push(stdout)
    }

    expect(outputs[0]).toMatch(/^Name a colour\. → Answer to: Name a colour\.\nName a river\. → /)
    expect(outputs[0]).toContain('\n7 Answer to: Classify: It broke.\n8 ')
    expect(await bench.workdir.read('sentiment.csv')).toContain('1001,Amazing product!')
    expect(await bench.workdir.read('loud.csv')).toContain('AMAZING PRODUCT!')
    expect((await bench.workdir.read('three.csv')).trim().split('\n')).toHaveLength(4)
  })

  it('names no option that is not there, and every option of resuming', () => {
    const known = commands.flatMap(({ flagGroups }) => flagGroups.flatMap(({ flags }) => flags))
    const names = known.flatMap(({ name, value, alsoNamed = [] }) => [
      name,
      ...(value === undefined ? [`no-${name}`] : []),
      ...alsoNamed.map(shown => shown.replace(/^-+/, '')),
    ])

    const shown = `${readme.replaceAll(/<!--|-->/g, '')}${picture}`
    const named = [...shown.matchAll(/--([a-z][a-z-]+)/g)].map(match => match[1] ?? '')

    expect(named.filter(name => !names.includes(name))).toEqual([])
    const ofResuming = ['resume', 'batch-id', 'restart', 'only-new']
    expect(named).toEqual(expect.arrayContaining(ofResuming))
  })

  it('ends with the reference that `make reference` writes', () => {
    const script = `${root}/.build/write-reference.mjs`
    const { stdout } = spawnSync(process.execPath, [script, '--print'], { encoding: 'utf8' })
    const [, rest = ''] = readme.split('<!-- reference: made by `make reference` -->\n\n')
    const [reference = ''] = rest.split('\n<!-- end of the reference -->')

    expect(reference.split('\n').length).toBeGreaterThan(100)
    expect(reference).toBe(stdout)
  })

  it('names no file that is not there', async () => {
    const links = [...readme.matchAll(/\]\(([\w./-]+)\)/g)].map(link => link[1] ?? '')

    for (const link of links) await expect(readFile(`${root}/${link}`)).resolves.toBeDefined()
  })
})

describe('lib/README', () => {
  it('names no file and no folder that is not there', async () => {
    const map = await readFile(`${root}/lib/README.md`, 'utf8')
    const named = [...map.matchAll(/`([a-z]+\/[a-z/-]*(?:\.spec)?(?:\.ts)?)`/g)].map(
      name => name[1] ?? '',
    )
    expect(named.length).toBeGreaterThan(20)

    const missing = named.filter(
      name => !existsSync(`${root}/lib/${name}`) && !existsSync(`${root}/${name}`),
    )

    expect(missing).toEqual([])
  })
})
