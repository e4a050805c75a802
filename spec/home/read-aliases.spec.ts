import { readAliases } from '../../lib/home/read-aliases.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

describe('readAliases', () => {
  it('names the file when it is broken', async () => {
    const path = await folder.write('aliases.json', '{"mini": gpt}')
    await expect(readAliases(folder.path)).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      message: expect.stringContaining(path),
    })
  })

  it('gives each alias, and none where there is no file', async () => {
    expect((await readAliases(folder.path)).size).toBe(0)
    await folder.write('aliases.json', '{"mini": "gpt-4o-mini", "constructor": "o3", "odd": 7}\n')
    expect([...(await readAliases(folder.path))]).toEqual([
      ['mini', 'gpt-4o-mini'],
      ['constructor', 'o3'],
    ])
  })
})
