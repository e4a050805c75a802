import { PassThrough } from 'node:stream'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { runInProcess, type Surrounded } from './run-in-process.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

const llm = (words: readonly string[], surrounded: Omit<Surrounded, 'folder'> = {}) =>
  runInProcess(words, { folder: folder.path, ...surrounded })

describe('llm', () => {
  it('says what is wrong and what to do, shows no stack, and exits 2', async () => {
    expect(await llm(['btach'])).toEqual({
      code: 2,
      out: '',
      error: 'Error: Unknown command: btach\nDid you mean llm batch?\n',
    })
  })

  it('shows where an error was raised when LLM_RAISE_ERRORS is 1', async () => {
    const { error } = await llm(['btach'], { environment: { LLM_RAISE_ERRORS: '1' } })
    expect(error).toContain('\n    at ')
  })

  it('shows help when nothing is asked', async () => {
    const { code, out } = await llm([])
    expect(code).toBe(0)
    expect(out).toContain('Usage: llm COMMAND')
    expect((await llm(['batch', '--help'])).out).toContain('Usage: llm batch INPUT')
  })

  it.each([
    ['help', 'For help, write: llm batch --help'],
    ['lst', 'Did you mean llm batch list?'],
  ])('says what llm batch %s may mean', async (word, remedy) => {
    expect(await llm(['batch', word])).toMatchObject({
      code: 2,
      error: expect.stringContaining(`Error: Input file not found: ${word}\n${remedy}\n`),
    })
  })

  it('shows the version', async () => {
    expect((await llm(['--version'])).out).toMatch(/^llm-batch \d+\.\d+\.\d+\n$/)
  })
})

describe('llm keys', () => {
  it('refuses a key without a name, an empty key, and a name that is not there', async () => {
    expect(await llm(['keys', 'set', ''])).toMatchObject({
      code: 2,
      error: expect.stringMatching(/needs a name/),
    })
    expect(await llm(['keys', 'set', 'a'])).toMatchObject({
      code: 2,
      error: expect.stringMatching(/No key was given/),
    })
    expect(await llm(['keys', 'set', 'a', '--value', ' '])).toMatchObject({ code: 2 })
    expect(await llm(['keys', 'get', 'a'])).toEqual({
      code: 1,
      out: '',
      error: 'Error: No keys found\nStore one with: llm keys set NAME\n',
    })
  })

  it('stores keys from a pipe and from --value, lists their names only, and gives them back', async () => {
    expect((await llm(['keys'])).out).toBe('No keys found\n')
    expect(await llm(['keys', 'set', 'openai'], { stdin: 'sk-abc\n' })).toEqual({
      code: 0,
      out: '',
      error: '',
    })
    await llm(['keys', 'set', 'anthropic', '--value', '007'])
    expect((await llm(['keys', 'list'])).out).toBe('anthropic\nopenai\n')
    expect((await llm(['keys', 'get', 'openai'])).out).toBe('sk-abc\n')
    expect((await llm(['keys', 'get', 'anthropic'])).out).toBe('007\n')
    expect((await llm(['keys', 'path'])).out).toBe(`${folder.join('keys.json')}\n`)
  })
})

describe('llm keys set, on a terminal', () => {
  it('stores nothing and exits 130 when the person breaks off', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin })
    const ending = llm(['keys', 'set', 'openai'], { stdin })
    stdin.write('sk-\u0003')
    expect(await ending).toMatchObject({ code: 130, error: expect.stringContaining('Interrupted') })
    await expect(folder.read('keys.json')).rejects.toThrow('ENOENT')
  })
})

describe('llm models', () => {
  it('refuses a default that is no model', async () => {
    const { code, error } = await llm(['models', 'default', 'gpt-4o-mni'])
    expect(code).toBe(1)
    expect(error).toMatch(/^Error: Unknown model: gpt-4o-mni\n.*gpt-4o-mini/)
  })

  it('prints the default and sets it, an alias as the id that it means', async () => {
    expect((await llm(['models', 'default'])).out).toBe('gpt-4o-mini\n')
    await llm(['models', 'default', '4o'])
    expect((await llm(['models', 'default'])).out).toBe('gpt-4o\n')
    expect(await folder.read('default_model.txt')).toBe('gpt-4o')
  })

  it('lists models with their aliases, the default last', async () => {
    await folder.write('aliases.json', '{"mini": "gpt-4o-mini"}')
    const lines = (await llm(['models'])).out.trim().split('\n')
    expect(lines).toContainEqual(expect.stringMatching(/gpt-4o-mini \(aliases: .*\bmini\b.*\)$/))
    expect(lines.at(-1)).toBe('Default: gpt-4o-mini')
  })

  it('lists only those with every term in their line', async () => {
    const { out } = await llm(['models', 'list', '-q', 'GPT-4O', '-q', 'mini'])
    expect(out).toBe('OpenAI Chat: gpt-4o-mini (aliases: 4o-mini)\n')
  })
})
