import { execFile } from 'node:child_process'
import { cp, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as library from '../../lib/index.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

/** Each public value with the comment that stands before it. */
const documented = await Promise.all(
  [...(await readFile(`${root}/lib/index.ts`, 'utf8')).matchAll(/export \{([^}]*)\} from '(.*)'/g)]
    .flatMap(([, names = '', file = '']) =>
      names
        .split(',')
        .map(name => name.trim())
        .filter(name => name !== '' && !name.startsWith('type '))
        .map(name => [name, file] as const),
    )
    .map(async ([name, file]) => {
      const text = await readFile(resolve(root, 'lib', file.replace(/\.js$/, '.ts')), 'utf8')
      const place = new RegExp(
        `/\\*\\*((?:(?!\\*/).)*)\\*/\\nexport (?:async )?(?:function\\*?|class|const) ${name}\\b`,
        's',
      )
      return [name, place.exec(text)?.[1]?.replace(/^ \* ?/gm, '') ?? ''] as const
    }),
)

const examples = documented.flatMap(([name, comment]) =>
  comment
    .split(/^@example\n/m)
    .slice(1)
    .map((example, at) => {
      const code = example.split(/^@/m)[0] as string
      return [`${name}${at === 0 ? '' : ` ${at + 1}`}`, code.replace(/^ {4}/gm, '')] as const
    }),
)

/** Runs examples one after another, as a program in its own folder would, in one process. */
const runner = `
  import { writeFileSync, writeSync } from 'node:fs'
  const ends = []
  for (const folder of process.argv.slice(1)) {
    process.chdir(folder)
    process.env.LLM_USER_PATH = folder + '/llm-user'
    const end = await import(folder + '/example.mjs').then(() => '', error => String(error?.stack))
    ends.push(end)
    writeSync(2, '\\0')
    writeFileSync('../ends.json', JSON.stringify(ends))
  }`

describe('the public functions', () => {
  let workdir: Workdir
  /** Why each example failed, empty if it did not, and what it wrote to standard error. */
  const ends = new Map<string, { readonly error: string; readonly stderr: string }>()
  beforeAll(async () => {
    workdir = await makeWorkdir()
    const folders = await Promise.all(examples.map(([, code], at) => writeExample(code, `${at}`)))
    const words = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', runner]
    const { stderr } = await run(process.execPath, [...words, ...folders], {
      cwd: workdir.path,
      env: { PATH: process.env.PATH, HOME: workdir.path },
    })
    const said = stderr.split('\0')
    const errors: readonly string[] = JSON.parse(await workdir.read('ends.json'))
    for (const [at, [name]] of examples.entries())
      ends.set(name, { error: errors[at] ?? 'It did not run', stderr: said[at] ?? '' })
  })
  afterAll(() => workdir.remove())

  async function writeExample(code: string, folder: string): Promise<string> {
    const names = Object.keys(library).filter(name => code.includes(name))
    await workdir.write(
      `${folder}/example.mjs`,
      [
        "import { appendFile } from 'node:fs/promises'",
        "import { Writable } from 'node:stream'",
        "import { pipeline } from 'node:stream/promises'",
        `import { ${names.join(', ')} } from '${pathToFileURL(`${root}/dist/lib/index.js`)}'`,
        'void [appendFile, Writable, pipeline]',
        code,
      ].join('\n'),
    )
    await cp(`${root}/samples/reviews.csv`, workdir.join(`${folder}/reviews.csv`))
    return workdir.join(folder)
  }

  it('are all found', () => {
    expect(documented.map(([name]) => name).sort()).toEqual(Object.keys(library).sort())
  })

  it.each(documented)('say what they do, with an example: %s', (_, comment) => {
    expect(comment.trim()).toMatch(/^[A-Z].*?\./s)
    expect(comment).toContain('\n@example\n')
  })

  it.each(examples)('have an example that runs: %s', (name, code) => {
    const stderr = code.includes('console.error') ? expect.any(String) : ''
    expect(ends.get(name)).toEqual({ error: '', stderr })
  })
})
