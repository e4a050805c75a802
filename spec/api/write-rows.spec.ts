import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { writeRows } from '../../lib/index.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { answered, range } from '../support/rows.js'
import { until } from '../support/until.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

/** Groups of three. */
const outcomes = (count: number): Readable =>
  Readable.from(
    range(Math.ceil(count / 3)).map(group =>
      range(Math.min(3, count - group * 3)).map(index => answered(group * 3 + index)),
    ),
  )

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
    await pipeline(outcomes(4), writeRows(workdir.join('out.csv')))

    expect(await workdir.read('out.csv')).toBe(
      'prompt,response\n' +
        'question 0,answer 0\nquestion 1,answer 1\nquestion 2,answer 2\nquestion 3,answer 3\n',
    )
  })

  it('writes a valid document of no outcomes', async () => {
    await pipeline(outcomes(0), writeRows(workdir.join('out.json')))

    expect(JSON.parse(await workdir.read('out.json'))).toEqual([])
  })

  it('leaves what was written valid when the pipeline breaks, and no file when nothing was', async () => {
    const written = () => workdir.read('out.json').catch(() => '')
    async function* source(groups: readonly (readonly Outcome[])[]) {
      yield* groups
      if (groups.length > 1) await until(async () => (await written()).includes('answer 0'))
      throw new Error('broken')
    }
    const broken = () => pipeline(source([[], [answered(0)]]), writeRows(workdir.join('out.json')))
    const empty = () => pipeline(source([[]]), writeRows(workdir.join('none.json')))

    await expect(broken()).rejects.toThrow('broken')
    await expect(empty()).rejects.toThrow('broken')

    expect(JSON.parse(await written())).toHaveLength(1)
    expect(existsSync(workdir.join('none.json'))).toBe(false)
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
