import { ggufFolder, nameGgufModel, readGgufModels } from '../../lib/home/gguf-models.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('GGUF models of the user’s folder', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const places = (environment = {}) => ({ folder: workdir.path, environment })

  it('are none where nobody has put any', async () => {
    expect(await readGgufModels(places())).toEqual([])
  })

  it('are those that llm-gguf has named, with their aliases and their room', async () => {
    await workdir.write(
      'gguf/models.json',
      '{"qwen": {"path": "/m/qwen.gguf", "aliases": ["q"], "n_ctx": 2048}, "bare": {"path": "/m/b.gguf"}}',
    )

    expect(await readGgufModels(places())).toEqual([
      { name: 'qwen', path: '/m/qwen.gguf', aliases: ['q'], contextTokens: 2048 },
      { name: 'bare', path: '/m/b.gguf', aliases: [] },
    ])
  })

  it('are those that lie in the folder for them, once each, by the name of their file', async () => {
    const named = await workdir.write('gguf/models/a.gguf', 'GGUF')
    const lying = await workdir.write('gguf/models/B.Q4.gguf', 'GGUF')
    await workdir.write('gguf/models/c.gguf.partial', 'GG')
    await nameGgufModel(workdir.path, { name: 'first', path: named })

    expect(await readGgufModels(places())).toEqual([
      { name: 'first', path: named, aliases: ['first'] },
      { name: 'B.Q4', path: lying, aliases: [] },
    ])
  })

  it('may lie in another folder, which LLM_MODELS_PATH names', async () => {
    const path = await workdir.write('elsewhere/a.gguf', 'GGUF')
    const environment = { LLM_MODELS_PATH: workdir.join('elsewhere') }

    expect(ggufFolder(places(environment))).toBe(workdir.join('elsewhere'))
    expect(await readGgufModels(places(environment))).toEqual([{ name: 'a', path, aliases: [] }])
    expect(ggufFolder(places())).toBe(workdir.join('gguf/models'))
  })

  it('keep what is said of them and of others when one is named anew', async () => {
    const other = { path: '/m/o.gguf', aliases: [], clip_model_path: '/m/clip.gguf' }
    const one = { path: '/m/old.gguf', aliases: ['o'], n_ctx: 512 }
    await workdir.write('gguf/models.json', JSON.stringify({ other, one }))

    const before = await nameGgufModel(workdir.path, { name: 'one', path: '/m/new.gguf' })

    expect(before).toBe('/m/old.gguf')
    expect(JSON.parse(await workdir.read('gguf/models.json'))).toEqual({
      other,
      one: { path: '/m/new.gguf', aliases: ['o', 'one'], n_ctx: 512 },
    })
  })

  it('say which file is broken', async () => {
    await workdir.write('gguf/models.json', '{"one": {"file": "a.gguf"}}')

    await expect(readGgufModels(places())).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      message: `${workdir.join('gguf/models.json')} cannot be used: its model "one" has no path.`,
    })
  })
})
