import { fastClock } from '../../support/fast-clock.js'
import { startFileServer } from '../../support/file-server.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { runInProcess } from '../run-in-process.js'

describe('llm models', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const nowhere = {
    OLLAMA_BASE_URL: 'http://127.0.0.1:9/v1',
    LMSTUDIO_BASE_URL: 'http://127.0.0.1:9/v1',
    LLAMACPP_BASE_URL: 'http://127.0.0.1:9/v1',
  }
  const llm = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    runInProcess(words, {
      folder: workdir.path,
      environment: { ...nowhere, ...environment },
      clock: fastClock(),
    })

  it('add names a file, as seen from where it was said, and list shows it', async () => {
    const path = await workdir.write('qwen.gguf', 'GGUF')

    const added = await llm(['models', 'add', 'qwen', 'qwen.gguf'])
    const listed = await llm(['models', '-q', 'gguf'])

    expect(added).toEqual({ code: 0, out: '', error: `qwen is ${path}\n` })
    expect(listed.out).toBe('GGUF: gguf/qwen (aliases: qwen)\n')
  })

  it('add says what a name meant before', async () => {
    await workdir.write('a.gguf', 'GGUF')
    await workdir.write('b.gguf', 'GGUF')
    await llm(['models', 'add', 'one', 'a.gguf'])

    const { error } = await llm(['models', 'add', 'one', 'b.gguf'])

    expect(error).toBe(`one is ${workdir.join('b.gguf')}, instead of ${workdir.join('a.gguf')}\n`)
  })

  it.each([
    ['a name that is one', ['gpt-4o', 'a.gguf'], 'A model called gpt-4o already exists.'],
    ['a name that cannot be typed', ['a b', 'a.gguf'], 'A model cannot be called "a b".'],
    ['a file that is not there', ['one', 'none.gguf'], 'Model file not found: '],
    ['a file of another kind', ['one', 'b.gguf'], 'it is not a GGUF file'],
    ['no file', ['one'], 'llm models add needs PATH'],
  ])('add refuses %s', async (_what, operands, said) => {
    await workdir.write('a.gguf', 'GGUF')
    await workdir.write('b.gguf', 'PK')

    const { code, error } = await llm(['models', 'add', ...operands])

    expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining(said) })
  })

  it('pull refuses what it does not know, with what it does', async () => {
    const { code, error } = await llm(['models', 'pull', 'smolm2'])

    expect({ code, error }).toEqual({
      code: 2,
      error: expect.stringMatching(/does not know the model smolm2\nDid you mean smollm2\?/),
    })
  })

  it('pull says what to put where when there is no network', async () => {
    const { code, error } = await llm(['models', 'pull', 'smollm2'], {
      HF_ENDPOINT: 'http://127.0.0.1:9',
      LLM_MODELS_PATH: workdir.join('models'),
    })

    expect(code).toBe(2)
    expect(error).toMatch(/^Error: Could not download http:\/\/127\.0\.0\.1:9\/QuantFactory\//)
    expect(error).toContain('98362432 bytes, SHA-256 b179c9523d0e6a0f')
    expect(error).toContain(`at ${workdir.join('models/SmolLM2-135M-Instruct.Q4_1.gguf')}`)
  })

  it('pull takes nothing for the model but the model', async () => {
    const server = await startFileServer({ content: Buffer.from('GGUF, but another') })

    const { code, error } = await llm(['models', 'pull', 'smollm2'], { HF_ENDPOINT: server.origin })
    await server.close()

    expect(code).toBe(2)
    expect(error).toContain("the server's file has 17 bytes, not 98362432")
    expect((await llm(['models', '-q', 'gguf'])).out).toBe('')
  })

  it('list tells which local servers run', async () => {
    const { out } = await llm(['models', '-q', 'ollama'])

    expect(out).toBe('Ollama: ollama/NAME (nothing listens at http://127.0.0.1:9/v1)\n')
  })
})
