import { execFile } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '../../lib/host/system-clock.js'
import type { Tool, ToolRunner } from '../../lib/port/tool.js'
import { isToolFile, readToolFile } from '../../lib/tool/read-tool-file.js'
import { createToolRunner } from '../../lib/tool/run-tool-call.js'
import { fakeClock } from '../support/fake-clock.js'
import { until } from '../support/until.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const root = resolve(import.meta.dirname, '../..')
const row = { kind: 'row', index: 7, columns: { city: 'Rome' } } as const

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
  await symlink(resolve(root, 'node_modules'), folder.join('node_modules'))
})
afterEach(() => folder.remove())

/** Loads a file of tools that has this source. */
async function readSource(source: string, name = 'tools.mjs'): Promise<readonly Tool[]> {
  await folder.write(name, source)
  return readToolFile({ file: `./${name}`, folder: folder.path, clock: systemClock })
}

function runnerOf(tools: readonly Tool[]): Promise<ToolRunner> {
  return createToolRunner(tools, { timeoutMs: 30_000, clock: systemClock })
}

/** The output of a call of the one tool of a source. */
async function outputOf(source: string, argumentsText: string): Promise<string> {
  const tools = await readSource(source)
  const name = tools[0]?.spec.name ?? ''
  const place = { row, signal: new AbortController().signal }
  const runner = await runnerOf(tools)
  return (await runner.run({ id: 'call_1', name, argumentsText }, place)).output
}

describe('a file of tools', () => {
  it('has a tool for each export that has the form of one, and leaves others alone', async () => {
    const tools = await readSource(`
      export const limit = 3
      export function format() {}
      export const add = {
        description: 'Adds two numbers.',
        inputSchema: { type: 'object', properties: { a: { type: 'number' } }, $schema: 'x' },
        execute: ({ a }) => a + limit,
      }
      export default { name: 'other-name', description: 'B', inputSchema: { type: 'object' },
        execute() { return this.description } }
    `)
    expect(tools.map(({ spec }) => spec)).toEqual([
      {
        name: 'add',
        description: 'Adds two numbers.',
        inputSchema: { type: 'object', properties: { a: { type: 'number' } } },
      },
      { name: 'other-name', description: 'B', inputSchema: { type: 'object' } },
    ])
    const runner = await runnerOf(tools)
    const place = { row, signal: new AbortController().signal }
    const call = { id: 'c', name: 'add', argumentsText: '{"a": 2}' }
    expect(await runner.run(call, place)).toMatchObject({ output: '5' })
    expect(await runner.run({ ...call, name: 'other-name' }, place)).toMatchObject({ output: 'B' })
  })

  it('gets the row, and the signal under the names of ours and of the AI SDK', async () => {
    const source = `export const see = { description: 'd', inputSchema: { type: 'object' },
      execute: (_input, { row, signal, abortSignal }) =>
        row.columns.city + row.index + signal.aborted + (signal === abortSignal) }`
    expect(await outputOf(source, '')).toBe('Rome7falsetrue')
  })

  it('is loaded once', async () => {
    const source = `globalThis.loads = (globalThis.loads ?? 0) + 1
      export const loads = { description: 'd', inputSchema: { type: 'object' },
      execute: () => globalThis.loads }`
    expect(await outputOf(source, '')).toBe('1')
    expect(await outputOf(source, '')).toBe('1')
  })

  it.each(['./a.ts', '/b/c.mjs', 'd.js'])('is told from a name by its ending: %s', name => {
    expect(isToolFile(name)).toBe(true)
  })

  it.each(['python', 'llm_time', 'Memory("x.js ")'])('is not %s', name => {
    expect(isToolFile(name)).toBe(false)
  })
})

describe('schemas of libraries', () => {
  const zodTool = (schema: string, from = "'zod'") => `
    import { z } from ${from}
    export const t = { description: 'd', inputSchema: ${schema},
      execute: input => JSON.stringify(input) }`

  it('takes zod 4: the model sees its JSON Schema, and the tool gets its values', async () => {
    const source = zodTool(`z.object({ a: z.number().default(4), b: z.string().optional() })`)
    const [tool] = await readSource(source)
    expect(tool?.spec.inputSchema).toEqual({
      type: 'object',
      properties: { a: { default: 4, type: 'number' }, b: { type: 'string' } },
    })
    expect(await outputOf(source, '{"b": "x"}')).toBe('{"a":4,"b":"x"}')
  })

  it('names what zod finds that a JSON Schema cannot say', async () => {
    const source = zodTool(`z.object({ a: z.object({ b: z.string().refine(b => b === 'x',
      'it must be x') }) })`)
    expect(await outputOf(source, '{"a": {"b": "y"}}')).toBe(
      'Error: the arguments do not fit: a.b: it must be x',
    )
  })

  it('takes a zod 4 that does not give its JSON Schema by the standard', async () => {
    const source = zodTool(`(() => {
      const schema = z.object({ a: z.number() })
      const { jsonSchema: _none, ...standard } = schema['~standard']
      return Object.create(schema, { '~standard': { value: standard } })
    })()`)
    expect((await readSource(source))[0]?.spec.inputSchema).toMatchObject({
      properties: { a: { type: 'number' } },
    })
  })

  it('takes a schema that is a function, as those of arktype', async () => {
    const source = `
      const schema = () => {}
      schema['~standard'] = {
        version: 1,
        vendor: 'ours',
        validate: async input => input.a === 'no'
          ? { issues: [{ message: 'not so', path: [{ key: 'a' }, 0] }] }
          : { value: { a: input.a.toUpperCase() } },
        jsonSchema: { input: ({ target }) => ({ $schema: target, type: 'object' }) },
      }
      export const t = { description: 'd', inputSchema: schema, execute: ({ a }) => a }`
    expect(await outputOf(source, '{"a": "yes"}')).toBe('YES')
    expect(await outputOf(source, '{"a": "no"}')).toBe(
      'Error: the arguments do not fit: a.0: not so',
    )
  })

  it('takes tool() and jsonSchema() of the AI SDK, and the last of several results', async () => {
    const source = `
      import { jsonSchema, tool } from '@ai-sdk/provider-utils'
      export const t = tool({
        description: 'd',
        inputSchema: jsonSchema(async () => ({ type: 'object' }), {
          validate: value => value.a === 1
            ? { success: true, value: { a: 2 } }
            : { success: false, error: new Error('a is not 1') },
        }),
        async *execute({ a }) { yield 'first'; yield 'last ' + a },
      })`
    expect(await outputOf(source, '{"a": 1}')).toBe('last 2')
    expect(await outputOf(source, '{"a": 3}')).toBe('Error: the arguments do not fit: a is not 1')
  })

  it('takes a jsonSchema() of the AI SDK that checks nothing, and an object for a result', async () => {
    const source = `
      import { jsonSchema } from '@ai-sdk/provider-utils'
      export const t = { description: 'd', inputSchema: jsonSchema({ type: 'object' }),
        execute: ({ a }) => ({ twice: 2 * a }) }`
    expect(await outputOf(source, '{"a": 4}')).toBe('{"twice":8}')
  })

  it.each([
    ['no path', ''],
    ['an empty path', ', path: []'],
  ])('names no place for a fault with %s', async (_what, path) => {
    const source = `
      const standard = {
        validate: () => ({ issues: [{ message: 'all of it is wrong' ${path} }] }),
        jsonSchema: { input: () => ({ type: 'object' }) },
      }
      export const t = { description: 'd', inputSchema: { '~standard': standard }, execute() {} }`
    expect(await outputOf(source, '{}')).toBe('Error: the arguments do not fit: all of it is wrong')
  })
})

describe('a bad file of tools is refused, and the error names', () => {
  const tool = (fields: string) =>
    `export const t = { description: 'd', inputSchema: { type: 'object' }, execute() {}, ${fields} }`

  it.each([
    ['what it throws', '\nthrow new TypeError("no key")', /it throws.*: no key$/],
    ['what it lacks', 'import "./none.mjs"', /it throws.*none\.mjs/],
    ['that it throws nothing', 'throw undefined', /it throws: undefined$/],
    ['a text that it throws', 'throw "no key"', /it throws: no key$/],
    [
      'the line in the stack',
      `throw Object.assign(new Error('no key'), { stack: \`at \${import.meta.url}:3:1\` })`,
      /it throws \(line 3\): no key$/,
    ],
    ['that it exports nothing', 'const a = 1', /it exports nothing$/],
    ['that no export is a tool', 'export const a = 1', /none of its exports is a tool: a$/],
    ['a schema that is none', tool('inputSchema: 3'), /tool t of .*: it is not an object/],
    ['a schema that is not there', tool('inputSchema: undefined'), /: it has none/],
    [
      'a schema with a wrong type',
      tool(`inputSchema: { type: 'object', required: 3 }`),
      /required must be array/,
    ],
    ['a schema of no object', tool(`inputSchema: { a: 'string' }`), /not the schema of an object/],
    ['a schema that throws', tool(`inputSchema: () => { throw new Error('oh') }`), /fails: oh/],
    [
      'a library without JSON Schema',
      tool(`inputSchema: { '~standard': { vendor: 'old' } }`),
      /version of old does not give/,
    ],
    ['a name that providers refuse', tool(`name: 'a b'`), /do not take the name "a b"$/],
    [
      'an export’s name that they refuse',
      'export const $ = { execute() {} }',
      /do not take the name "\$"$/,
    ],
    [
      'a default without a name',
      'export default { execute() {} }',
      /tool default of .* it has no name/,
    ],
    ['a tool without a description', tool(`description: ' '`), /it has no description/],
    ['a tool without execute', tool('execute: 1'), /it has no function execute/],
  ])('%s', async (_what, source, message) => {
    await expect(readSource(source)).rejects.toMatchObject({
      code: 'TOOL_INVALID',
      reach: 'run',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/./),
    })
  })

  it('a file that is not there', async () => {
    const options = { file: './none.mjs', folder: folder.path, clock: systemClock }
    await expect(readToolFile(options)).rejects.toMatchObject({
      code: 'TOOL_INVALID',
      message: expect.stringMatching(/^The tools of .\/none.mjs cannot be used: .*ENOENT/),
    })
  })

  // As Node before 22.18 says it, also of a file that a file of tools imports.
  const extensionUnknown = `throw Object.assign(new TypeError('Unknown file extension ".ts"'), {
    code: 'ERR_UNKNOWN_FILE_EXTENSION' })`

  it.each([
    [
      'tools.ts',
      /: this version of Node does not run TypeScript$/,
      'Use Node 22.18 or newer, or compile it: npx esbuild ./tools.ts --outfile=./tools.mjs',
    ],
    ['b.mjs', /: it throws.*: Unknown file extension/, 'Try it alone with: node ./b.mjs'],
  ])('an extension that Node does not know, in %s', async (name, message, remedy) => {
    await expect(readSource(extensionUnknown, name)).rejects.toMatchObject({
      code: 'TOOL_INVALID',
      message: expect.stringMatching(message),
      remedy,
    })
  })

  it('a file that never ends to load', async () => {
    const clock = fakeClock()
    await folder.write('tools.mjs', 'await new Promise(() => {})')
    const tools = readToolFile({ file: 'tools.mjs', folder: folder.path, clock })
    const settled = expect(tools).rejects.toMatchObject({
      code: 'TOOL_INVALID',
      message: expect.stringContaining('not loaded after 30 seconds'),
    })
    await until(() => clock.sleepers() > 0)
    await clock.advance(30_000)
    await settled
  })
})

describe('in Node itself, without jest', () => {
  /** Loads a file with the built library, and prints the names of its tools, or the error. */
  async function load(name: string, source: string): Promise<string> {
    await folder.write(name, source)
    const built = (path: string) => pathToFileURL(resolve(root, 'dist/lib', path)).href
    const script = `
      const { readToolFile } = await import('${built('tool/read-tool-file.js')}')
      const { systemClock } = await import('${built('host/system-clock.js')}')
      const options = { file: './${name}', folder: process.cwd(), clock: systemClock }
      await readToolFile(options).then(
        tools => console.log(tools.map(tool => tool.spec.name).join(' ')),
        error => console.log(error.code, error.message, error.remedy),
      )`
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]
    return (await promisify(execFile)(process.execPath, args, { cwd: folder.path })).stdout
  }

  const source = `export const add = { description: 'd', inputSchema: { type: 'object' },
    execute: (n) => n }`

  it.each(['tools.mjs', 'tools.cjs'])('loads %s', async name => {
    const text = name.endsWith('cjs') ? source.replace('export const', 'exports.b =') : source
    expect(await load(name, text)).toMatch(/^(add|b)\n$/)
  })

  it('names the line that throws, and how to see more of a syntax error', async () => {
    expect(await load('tools.mjs', '\n\nthrow new Error("no key")')).toContain(
      'it throws (line 3): no key',
    )
    expect(await load('b.mjs', 'const = 1')).toMatch(
      /it throws: Unexpected token .* Try it alone with: node \.\/b\.mjs/,
    )
  })

  it('runs TypeScript where Node does, and says what to do where it does not', async () => {
    const typed = source.replace('(n)', '(n: object)')
    const { typescript } = process.features as { readonly typescript?: unknown }
    expect(await load('tools.ts', typed)).toBe(
      typescript
        ? 'add\n'
        : 'TOOL_INVALID The tools of ./tools.ts cannot be used: this version of Node does not run ' +
            'TypeScript Use Node 22.18 or newer, or compile it: npx esbuild ./tools.ts ' +
            '--outfile=./tools.mjs\n',
    )
  })
})
