import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checkGgufFile, installCommand, loadGguf } from '../../../lib/model/gguf/load-gguf.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

describe('loadGguf', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const missing = (code: string) => async () => {
    throw Object.assign(new Error('Cannot find package'), { code })
  }

  it('names the one command that installs the missing package', async () => {
    const path = await workdir.write('a.gguf', 'GGUF and more')

    const loading = loadGguf(path, missing('ERR_MODULE_NOT_FOUND'))

    await expect(loading).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      reach: 'run',
      message: 'Running a GGUF file needs the package node-llama-cpp, which is not installed',
      remedy: expect.stringMatching(/^Install it with: npm install .*node-llama-cpp@3\.22\.1$/),
    })
  })

  it('tells if the installed package does not work on this machine', async () => {
    const path = await workdir.write('c.gguf', 'GGUF and more')
    const importModule = async () => ({
      getLlama: () => Promise.reject(new Error('No binary was found\nfor this machine')),
    })

    const loading = loadGguf(path, importModule as never)

    await expect(loading).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      message: 'The package node-llama-cpp cannot be used here: No binary was found',
    })
  })

  it('tries again after the package was installed', async () => {
    const path = await workdir.write('b.gguf', 'GGUF and more')
    await loadGguf(path, missing('ERR_MODULE_NOT_FOUND')).catch(() => {})
    const model = { trainContextSize: 1 }
    let starts = 0
    let loads = 0
    const importModule = async () => ({
      LlamaChat: class {},
      getLlama: async () => {
        starts += 1
        return {
          loadModel: async () => {
            loads += 1
            return model
          },
        }
      },
    })

    const [first, second] = await Promise.all([
      loadGguf(path, importModule as never),
      loadGguf(path, importModule as never),
    ])

    expect([first.model, second.model]).toEqual([model, model])
    expect({ starts, loads }).toEqual({ starts: 1, loads: 1 })
  })
})

describe('checkGgufFile', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('accepts a file that begins as GGUF files do', async () => {
    await expect(checkGgufFile(await workdir.write('a', 'GGUF…'))).resolves.toBeUndefined()
  })

  it.each([
    ['empty', ''],
    ['short', 'GG'],
    ['another kind of file', '<!doctype html>'],
  ])('refuses a file that is %s', async (_what, text) => {
    await expect(checkGgufFile(await workdir.write('a', text))).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      message: `The model ${workdir.join('a')} cannot be used: it is not a GGUF file`,
    })
  })

  it('refuses a file that does not exist, and a folder', async () => {
    await expect(checkGgufFile(workdir.join('none'))).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      message: `Model file not found: ${workdir.join('none')}`,
      remedy: expect.stringContaining('llm models pull smollm2'),
    })
    await expect(checkGgufFile(workdir.path)).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' })
  })
})

describe('installCommand', () => {
  it('names the version that package.json asks for', async () => {
    const text = await readFile(resolve(import.meta.dirname, '../../../package.json'), 'utf8')
    const wanted = JSON.parse(text).peerDependencies['node-llama-cpp']

    expect(installCommand('/a.js')).toMatch(new RegExp(` node-llama-cpp@${wanted}$`))
  })

  it.each([
    ['/work/llm-batch/dist/lib/model/gguf/a.js', 'npm install --no-save --prefix /work/llm-batch'],
    ['/usr/lib/node_modules/llm-batch/dist/lib/model/gguf/a.js', 'npm install --global'],
    ['/home/ada/shop/node_modules/llm-batch/dist/a.js', 'npm install --prefix /home/ada/shop'],
  ])('installs the package where a file at %s finds it', (file, command) => {
    expect(installCommand(file)).toBe(`${command} node-llama-cpp@3.22.1`)
  })
})
