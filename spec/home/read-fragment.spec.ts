import { createHash } from 'node:crypto'
import { readFragment } from '../../lib/home/read-fragment.js'
import { setFragmentAlias } from '../../lib/store/fragment-library.js'
import { openStoredFragments } from '../../lib/store/open-stored-fragments.js'
import { specDriver } from '../store/spec-driver.js'
import { fakeClock } from '../support/fake-clock.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const fetchText = (url: string) => Promise.resolve(`text of ${url}`)
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

let folder: Workdir
let before: string
beforeEach(async () => {
  folder = await makeWorkdir()
  before = process.cwd()
  process.chdir(folder.path)
})
afterEach(async () => {
  process.chdir(before)
  await folder.remove()
})

describe('readFragment', () => {
  it.each(['http://example.com/a', 'https://example.com/b'])('fetches %s', async url => {
    const content = `text of ${url}`

    expect(await readFragment(url, { fetchText })).toEqual({
      hash: hashOf(content),
      content,
      source: url,
    })
  })

  it('takes standard input for -, with line feeds alone', async () => {
    const readInput = () => Promise.resolve('one\r\ntwo\rthree')

    expect(await readFragment('-', { fetchText, readInput })).toMatchObject({
      content: 'one\ntwo\nthree',
      source: '-',
    })
  })

  it('reads a file, also one whose name begins as a plugin’s would', async () => {
    await folder.write('notes.txt', 'a\r\nb')
    await folder.write('github:simonw', 'c\rd')

    expect((await readFragment('notes.txt', { fetchText })).content).toBe('a\nb')
    expect(await readFragment('github:simonw', { fetchText })).toMatchObject({
      content: 'c\nd',
      source: expect.stringMatching(/\/github:simonw$/),
    })
  })

  it('takes a stored fragment before a file of its name, and says which alias was meant', async () => {
    const clock = fakeClock()
    const options = { path: folder.join('logs.db'), clock, driver: specDriver }
    const fragment = { hash: hashOf('stored'), content: 'stored' }
    await setFragmentAlias(options, { alias: 'manual', fragment })
    await folder.write('manual', 'of a file')
    const store = await openStoredFragments(options)

    expect(await readFragment('manual', { fetchText, store })).toMatchObject(fragment)
    await expect(readFragment('manaul', { fetchText, store })).rejects.toMatchObject({
      code: 'FRAGMENT_NOT_FOUND',
      remedy: 'Did you mean manual?',
    })
    await store.close()
  })

  it.each([
    ['-', 'Standard input cannot be a fragment of a batch', /llm fragments set NAME -/],
    ['github:simonw/llm', 'Unknown fragment prefix: github', /plugin.*github:simonw\/llm/],
    ['absent.txt', "Fragment 'absent.txt' not found", /Name a file, a URL/],
    ['latin.txt', 'The fragment latin.txt is not UTF-8 text', /Save the file as UTF-8/],
  ])('refuses %s, with what to do', async (name, message, remedy) => {
    await folder.write('latin.txt', Uint8Array.of(0xe9))

    await expect(readFragment(name, { fetchText })).rejects.toMatchObject({
      code: 'FRAGMENT_NOT_FOUND',
      reach: 'run',
      message,
      remedy: expect.stringMatching(remedy),
    })
  })
})
