import { symlink } from 'node:fs/promises'
import { isSamePath, resolveLinks } from '../../lib/disk/resolve-links.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
  await workdir.write('folder/real.csv', '')
  await symlink('folder', workdir.join('linked'))
})
afterEach(() => workdir.remove())

describe('resolveLinks', () => {
  it.each([
    ['a file', 'folder/real.csv', 'folder/real.csv'],
    ['a file that is not there', 'folder/new.csv', 'folder/new.csv'],
    ['a file in a linked folder', 'linked/real.csv', 'folder/real.csv'],
    ['a file that is not there, in a linked folder', 'linked/new.csv', 'folder/new.csv'],
    ['a file in a folder that is not there', 'none/new.csv', 'none/new.csv'],
  ])('finds %s', async (_what, path, place) => {
    expect(await resolveLinks(workdir.join(path))).toBe(workdir.join(place))
  })

  it('follows links to a file that is not there, as seen from the folder of each', async () => {
    await symlink('second.csv', workdir.join('folder/first.csv'))
    await symlink('../new.csv', workdir.join('folder/second.csv'))

    expect(await resolveLinks(workdir.join('linked/first.csv'))).toBe(workdir.join('new.csv'))
  })

  it('ends at a circle of links', async () => {
    await symlink('b.csv', workdir.join('a.csv'))
    await symlink('a.csv', workdir.join('b.csv'))

    expect(await resolveLinks(workdir.join('a.csv'))).toContain(workdir.path)
  })
})

describe('isSamePath', () => {
  it('knows that two paths lead to one place, also before a file is there', async () => {
    await symlink('folder/new.csv', workdir.join('link.csv'))

    expect(await isSamePath(workdir.join('link.csv'), workdir.join('linked/new.csv'))).toBe(true)
    expect(await isSamePath(workdir.join('link.csv'), workdir.join('new.csv'))).toBe(false)
  })
})
