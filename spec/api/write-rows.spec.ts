import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { writeRows } from '../../lib/index.js'
import { answered, range } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const outcomes = (count: number): Readable => Readable.from(range(count).map(i => answered(i)))

describe('writeRows', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('refuses a file that exists, and leaves it as it is', async () => {
    const path = await workdir.write('out.csv', 'precious\n')

    await expect(pipeline(outcomes(1), writeRows(path))).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    })
    expect(await workdir.read('out.csv')).toBe('precious\n')
  })

  it('writes outcomes with the columns of the first row', async () => {
    await pipeline(outcomes(2), writeRows(workdir.join('out.csv')))

    expect(await workdir.read('out.csv')).toBe(
      'prompt,response\nquestion 0,answer 0\nquestion 1,answer 1\n',
    )
  })

  it('writes a valid document of no outcomes', async () => {
    await pipeline(outcomes(0), writeRows(workdir.join('out.json')))

    expect(JSON.parse(await workdir.read('out.json'))).toEqual([])
  })

  const itOnLinux = existsSync('/dev/full') ? it : it.skip
  itOnLinux.each([1, 5000])(
    'fails the pipeline, and no more, on a full disk: %i rows',
    async count => {
      await expect(
        pipeline(outcomes(count), writeRows('/dev/full', { format: 'csv' })),
      ).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
    },
  )

  itOnLinux('fails the pipeline when the disk is full at the very end', async () => {
    await expect(
      pipeline(outcomes(0), writeRows('/dev/full', { format: 'json' })),
    ).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
  })
})
