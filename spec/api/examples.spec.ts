import { execFile } from 'node:child_process'
import { cp, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as library from '../../lib/index.js'
import { makeWorkdir } from '../support/workdir.js'

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

describe('the public functions', () => {
  it('are all found', () => {
    expect(documented.map(([name]) => name).sort()).toEqual(Object.keys(library).sort())
  })

  it.each(documented)('say what they do, with an example: %s', (_, comment) => {
    expect(comment.trim()).toMatch(/^[A-Z].*?\./s)
    expect(comment).toContain('\n@example\n')
  })

  it.each(examples)('have an example that runs: %s', async (_, code) => {
    const workdir = await makeWorkdir()
    try {
      await cp(`${root}/samples/reviews.csv`, workdir.join('reviews.csv'))
      const names = Object.keys(library).filter(name => code.includes(name))
      const path = await workdir.write(
        'example.mjs',
        [
          "import { appendFile } from 'node:fs/promises'",
          "import { Writable } from 'node:stream'",
          "import { pipeline } from 'node:stream/promises'",
          `import { ${names.join(', ')} } from '${pathToFileURL(`${root}/dist/lib/index.js`)}'`,
          'void [appendFile, Writable, pipeline]',
          code,
        ].join('\n'),
      )
      const { stderr } = await run(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', path],
        {
          cwd: workdir.path,
          env: {
            PATH: process.env.PATH,
            HOME: workdir.path,
            LLM_USER_PATH: workdir.join('llm-user'),
          },
        },
      )
      if (!code.includes('console.error')) expect(stderr).toBe('')
    } finally {
      await workdir.remove()
    }
  })
})
