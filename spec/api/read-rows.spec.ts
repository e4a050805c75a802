import { readRows } from '../../lib/api/read-rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('readRows', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('gives groups of the rows of a file, and of its bad records', async () => {
    const path = await workdir.write('in.jsonl', `${'{"a":1}\n'.repeat(199)}no json\n`)
    const groups: any[][] = await readRows(path).toArray()
    expect(groups.map(group => group.length)).toEqual([128, 72])
    expect(groups.flat().map(record => record.kind)).toEqual([...Array(199).fill('row'), 'failed'])
  })

  it('gives the rows before the place at which a file is broken, then its error', async () => {
    const path = await workdir.write('in.csv', `a\n${'1\n'.repeat(200)}"2`)
    let rows = 0
    const loop = async () => {
      for await (const group of readRows(path)) rows += group.length
    }
    await expect(loop()).rejects.toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    expect(rows).toBe(200)
  })

  it('raises what is wrong with the file itself when it is read', async () => {
    const rows = readRows(workdir.join('no.csv'))
    await expect(rows.toArray()).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' })
  })

  it('has no groups in an empty file', async () => {
    expect(await readRows(await workdir.write('in.csv', '')).toArray()).toEqual([])
  })
})
