import { parse, resolve } from 'node:path'
import { findInputs } from '../../lib/source/find-inputs.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

describe('findInputs', () => {
  it('names files below the root if they have no other folder in common', async () => {
    const path = await workdir.write('b.csv', 'text\n')
    const { root } = parse(resolve('.'))

    const found = await findInputs([`${root}a.csv`, path, '-'], undefined)

    expect(found.map(({ shortName }) => root + shortName)).toEqual([
      `${root}a.csv`,
      path,
      `${root}standard input`,
    ])
  })

  it('shows only the start of a further word that may be a prompt', async () => {
    const prompt = `Say what you see {text} ${'and more '.repeat(20)}`

    await expect(findInputs(['a.csv', prompt], undefined)).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      message: `No input file matches ${prompt.slice(0, 80)}…`,
      remedy: expect.stringContaining('a prompt comes after --template'),
    })
  })
})
