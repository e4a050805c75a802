import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { scale } from '../support/scale.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

const program = `
import { batchFromRows, type BatchProcessOptions, batchProcess, defineModel } from 'llm-batch'

interface Review {
  readonly id: number
  readonly text: string
}
const reviews: Review[] = [{ id: 1, text: 'Lovely' }]
const options: BatchProcessOptions = { template: '{text}', concurrency: undefined }
const model = defineModel({ id: 'shout', ask: async text => text.toUpperCase() })
const found: [number, string][] = []
for await (const [row, response] of batchProcess(model, reviews, options)) {
  found.push([row.id, response.text()])
}
const batch: Promise<{ readonly status: string }> = batchFromRows(model, reviews, { template: '{text}' })
const done: string = (await batch).status
// @ts-expect-error A row has no such member.
for await (const [{ none }] of batchProcess(model, reviews, options)) found.push([0, String(none)])
console.log(JSON.stringify([found, done]))
`

describe('a project that uses the package', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
    await mkdir(workdir.join('node_modules/@types'), { recursive: true })
    await symlink(root, workdir.join('node_modules/llm-batch'))
    await symlink(`${root}/node_modules/@types/node`, workdir.join('node_modules/@types/node'))
    await workdir.write('package.json', '{ "type": "module" }')
  })
  afterEach(() => workdir.remove())

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
    // `make package` looks at the doors for this one too.
    ...(scale > 1 ? [['node16', 'node16']] : []),
  ])('has its types under --module %s --moduleResolution %s', async (module, moduleResolution) => {
    await workdir.write('program.ts', program)
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'es2022', types: ['node'], noEmit: true },
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ verbatimModuleSyntax: true, skipLibCheck: false },
    }
    const files = ['program.ts']
    await workdir.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
    const tsc = `${root}/node_modules/typescript/bin/tsc`
    const compiled = run(process.execPath, [tsc, '-p', workdir.path]).catch(error => error)
    expect((await compiled).stdout).toBe('')
  })

  it('may require it', async () => {
    await workdir.write('program.cjs', "console.log(typeof require('llm-batch').batchFromCsv)")
    const { stdout } = await run(process.execPath, ['program.cjs'], { cwd: workdir.path })
    expect(stdout).toBe('function\n')
  })

  it('gets every page that the README links to, and no map without its source', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      maxBuffer: 100_000_000,
    })
    const files: readonly string[] = JSON.parse(stdout)[0].files.map(({ path }: any) => path)
    const readme = await readFile(`${root}/README.md`, 'utf8')
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link)
    const isPacked = (link: string): boolean =>
      files.some(path => path === link || path.startsWith(`${link.replace(/\/$/, '')}/`))
    expect(links.filter(link => !isPacked(link))).toEqual([])
    expect(files.filter(path => path.endsWith('.map'))).toEqual([])
  })
})
