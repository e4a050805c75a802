import { readDefaultModel, writeDefaultModel } from '../../lib/home/default-model.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

describe('readDefaultModel', () => {
  it('is gpt-4o-mini as long as nobody set another', async () => {
    expect(await readDefaultModel(folder.path)).toBe('gpt-4o-mini')
    await folder.write('default_model.txt', '  \n')
    expect(await readDefaultModel(folder.path)).toBe('gpt-4o-mini')
  })

  it('leaves out blanks around what an editor saved', async () => {
    await folder.write('default_model.txt', 'claude-opus\n')
    expect(await readDefaultModel(folder.path)).toBe('claude-opus')
  })
})

describe('writeDefaultModel', () => {
  it('writes the id alone, as llm does, in a folder it makes', async () => {
    await writeDefaultModel(folder.join('new'), 'o3')
    expect(await folder.read('new/default_model.txt')).toBe('o3')
    expect(await readDefaultModel(folder.join('new'))).toBe('o3')
  })
})
