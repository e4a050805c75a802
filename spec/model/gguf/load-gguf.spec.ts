import { checkGgufFile, loadGguf } from '../../../lib/model/gguf/load-gguf.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

describe('loadGguf', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const missing = () => Promise.reject(new Error('It is not installed.'))

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
    await loadGguf(path, missing).catch(() => {})
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
