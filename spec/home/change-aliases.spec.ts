import { removeAlias, setAlias } from '../../lib/home/change-aliases.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

describe('setAlias', () => {
  it('makes the file, then keeps the other aliases in their order', async () => {
    await setAlias(folder.path, { alias: 'z', modelId: 'gpt-4o' })
    await setAlias(folder.path, { alias: 'a', modelId: 'gpt-4o-mini' })
    await setAlias(folder.path, { alias: 'z', modelId: 'o3' })

    expect(await folder.read('aliases.json')).toBe('{\n    "z": "o3",\n    "a": "gpt-4o-mini"\n}\n')
  })

  it('refuses a file that holds no object, and leaves it as it is', async () => {
    await folder.write('aliases.json', '["z"]')

    await expect(setAlias(folder.path, { alias: 'a', modelId: 'o3' })).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      message: expect.stringContaining('it should hold one JSON object'),
    })
    expect(await folder.read('aliases.json')).toBe('["z"]')
  })
})

describe('removeAlias', () => {
  it('removes one alias, and leaves the others', async () => {
    await folder.write('aliases.json', '{"z": "o3", "a": "gpt-4o"}')

    await removeAlias(folder.path, 'z')

    expect(JSON.parse(await folder.read('aliases.json'))).toEqual({ a: 'gpt-4o' })
  })

  it('says in llm’s words that there is nothing to remove', async () => {
    await expect(removeAlias(folder.path, 'z')).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      message: 'No aliases.json file exists',
    })

    await folder.write('aliases.json', '{"a": "o3"}')

    await expect(removeAlias(folder.path, 'z')).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      message: 'No such alias: z',
      remedy: expect.stringContaining('llm aliases'),
    })
    expect(await folder.read('aliases.json')).toBe('{"a": "o3"}')
  })
})
