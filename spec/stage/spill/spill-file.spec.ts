import { readdir, readlink, stat } from 'node:fs/promises'
import fc from 'fast-check'
import { createSpillFile } from '../../../lib/stage/spill/spill-file.js'
import { range } from '../../support/rows.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

describe('createSpillFile', () => {
  it('says where it could not write, also at every later call', async () => {
    const file = createSpillFile(workdir.join('missing'), 1)
    const refused = { code: 'OUTPUT_UNWRITABLE', reach: 'run', cause: { code: 'ENOENT' } }

    await file.put(0, 'a')

    await expect(file.put(1, 'b')).rejects.toMatchObject(refused)
    await expect(file.take({ from: 0, count: 10 })).rejects.toMatchObject(refused)
    await file.close()
  })

  it('touches nothing before the first write', async () => {
    const file = createSpillFile(workdir.join('missing'))

    expect(await file.take({ from: 0, count: 100 })).toEqual([])
    await file.close()
  })

  it('has no name on disk, and closes twice', async () => {
    const file = createSpillFile(workdir.path, 1)
    await file.put(5, 'five')
    await file.put(6, 'six')

    expect(await readdir(workdir.path)).toEqual([])
    await file.close()
    await file.close()
  })

  it('gives back every row that was put, once, whatever was put meanwhile', async () => {
    const words = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), {
      minLength: 1,
      maxLength: 80,
    })
    await fc.assert(
      fc.asyncProperty(words, fc.integer({ min: 1, max: 30 }), async (texts, windowRows) => {
        const file = createSpillFile(workdir.path, 64, 256)
        const taken = new Map<number, string | undefined>()
        const seen = new Set<number>()
        const step = Math.ceil(texts.length / 4)
        for (let from = 0; from < texts.length; from += windowRows) {
          // What a stage does: rows ahead of the window come while rows behind it are taken.
          for (const index of range(step)) await put(from + windowRows * 2 + index)
          for (const index of range(windowRows)) await put(from + index)
          for (const { index, text } of await file.take({ from, count: windowRows })) {
            expect(taken.has(index)).toBe(false)
            taken.set(index, text)
          }
        }
        await file.close()
        expect([...taken].sort((a, b) => a[0] - b[0])).toEqual([...texts.entries()])

        async function put(index: number): Promise<void> {
          const text = texts[index]
          if (text === undefined || seen.has(index)) return
          seen.add(index)
          await file.put(index, text)
        }
      }),
      { numRuns: 40, interruptAfterTimeLimit: 20_000 },
    )
  })

  it('names a long text without giving it, until only that row is asked for', async () => {
    const file = createSpillFile(workdir.path)
    await file.put(0, 'é')
    await file.put(1, 'éé')

    const found = await file.take({ from: 0, count: 9, mostBytes: 3 })

    expect(found).toContainEqual({ index: 0, text: 'é' })
    expect(found).toContainEqual({ index: 1, text: undefined })
    expect(file.rows()).toBe(1)
    expect(await file.take({ from: 1, count: 1 })).toEqual([{ index: 1, text: 'éé' }])
    expect(file.rows()).toBe(0)
    await file.close()
  })

  it('counts the rows that wait', async () => {
    const file = createSpillFile(workdir.path, 8)
    for (const index of range(10)) await file.put(index, 'text')

    expect(file.rows()).toBe(10)
    await file.take({ from: 0, count: 4 })
    expect(file.rows()).toBe(6)
    await file.take({ from: 4, count: 100 })
    expect(file.rows()).toBe(0)
    await file.close()
  })

  const itOnLinux = process.platform === 'linux' ? it : it.skip
  itOnLinux(
    'holds on disk about the rows that wait now, not all rows that ever waited',
    async () => {
      const file = createSpillFile(workdir.path, 512, 4096)
      let largest = 0
      for (let from = 0; from < 20_000; from += 100) {
        // A hundred rows more always wait, so the file is never empty.
        for (const row of range(100))
          await file.put(from + 100 + row, 'a text of thirty-two letters ok.')
        await file.take({ from, count: 100 })
        largest = Math.max(largest, await bytesOnDisk(workdir.path))
      }

      expect(file.rows()).toBe(100)
      expect(largest).toBeGreaterThan(1000)
      expect(largest).toBeLessThan(200_000)
      await file.close()
      expect(await bytesOnDisk(workdir.path)).toBe(0)
    },
  )
})

/**
 * Bytes of data in files that are open and have no name any more; the index counts as what it
 * really takes.
 */
async function bytesOnDisk(folder: string): Promise<number> {
  let bytes = 0
  for (const descriptor of await readdir('/proc/self/fd')) {
    const path = `/proc/self/fd/${descriptor}`
    const target = await readlink(path).catch(() => '')
    if (!target.startsWith(folder)) continue
    const { size, blocks } = await stat(path)
    bytes += Math.min(size, blocks * 512)
  }
  return bytes
}
