import { Readable } from 'node:stream'
import type { SourceRecord } from '../../lib/row/outcome.js'
import { type TakeRowsOptions, takeRows } from '../../lib/stage/take-rows.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf, slowly } from '../support/pass-groups.js'
import { range, row } from '../support/rows.js'

const rows = (count: number) => range(count).map(index => row(index))
const silent = () => new Readable({ objectMode: true, read() {} })

/** Takes all there is, and says what was heard. */
function taking(source: Readable, options: TakeRowsOptions = {}) {
  const ends: string[] = []
  const seen: SourceRecord[] = []
  const stage = takeRows({
    onEnd: end => ends.push(end),
    onGroup: group => seen.push(...group),
    ...options,
  })(source)
  const taken = stage.toArray() as Promise<SourceRecord[][]>
  taken.catch(() => {})
  return { stage, taken, ends, seen }
}

describe('takeRows', () => {
  it.each([1, 7, 50])('gives all groups of %d as they are when no limit is set', async size => {
    const groups = inGroupsOf(size, rows(50))
    const { taken, ends, seen } = taking(Readable.from(groups))

    expect(await taken).toEqual(groups)
    expect(seen).toEqual(rows(50))
    expect(ends).toEqual(['source-ended'])
  })

  it('gives no rows for an empty source, and drops empty groups', async () => {
    expect(await taking(Readable.from([])).taken).toEqual([])
    expect(await taking(Readable.from([[], rows(1), []])).taken).toEqual([rows(1)])
  })

  it.each([1, 2, 3, 100])(
    'ends an endless source of groups of %d at once when it has the rows it wants',
    async size => {
      async function* endless() {
        for (;;) yield rows(size)
      }
      const source = Readable.from(endless())
      const { taken, ends, seen } = taking(source, { limit: 6 })

      expect((await taken).flat()).toHaveLength(6)
      expect(seen).toHaveLength(6)
      expect(ends).toEqual(['limit-reached'])
      expect(source.destroyed).toBe(true)
    },
  )

  it('does not wait for a silent source when no row is wanted', async () => {
    const source = silent()
    const { taken, ends } = taking(source, { limit: 0, isEndAwaited: true })

    expect(await taken).toEqual([])
    expect(ends).toEqual(['limit-reached'])
    expect(source.destroyed).toBe(true)
  })

  it.each([
    ['at once', false, ['limit-reached']],
    ['once something comes, when it is to wait', true, []],
  ])('ends %s where the limit falls on the end of a group', async (_, isEndAwaited, ends) => {
    const source = silent()
    const heard = taking(source, { limit: 2, isEndAwaited })
    source.push(rows(2))
    await settle()
    expect(heard.seen).toHaveLength(2)
    expect(heard.ends).toEqual(ends)

    source.push([])
    source.push(rows(1))

    expect(await heard.taken).toEqual([rows(2)])
    expect(heard.ends).toEqual(['limit-reached'])
    expect(heard.seen).toHaveLength(2)
  })

  it('reports the end of the source when the source ends at the limit', async () => {
    const { taken, ends } = taking(Readable.from([rows(2)]), { limit: 2, isEndAwaited: true })

    expect(await taken).toEqual([rows(2)])
    expect(ends).toEqual(['source-ended'])
  })

  it('ignores a failure of the source after the wanted rows', async () => {
    const errors: Error[] = []
    const source = silent()
    const heard = taking(source, {
      limit: 2,
      isEndAwaited: true,
      onSourceError: error => errors.push(error),
    })
    source.push(rows(2))
    await settle()

    source.destroy(new Error('broken'))

    expect(await heard.taken).toEqual([rows(2)])
    expect(heard.ends).toEqual(['limit-reached'])
    expect(errors).toEqual([])
  })

  it('ends at a stop, also while it waits for a row, or before it begins', async () => {
    const aborter = new AbortController()
    const source = silent()
    const { taken, ends } = taking(source, { stopping: aborter.signal })
    source.push(rows(1))
    await settle()
    aborter.abort()

    expect(await taken).toEqual([rows(1)])
    expect(ends).toEqual(['stopped'])
    expect(source.destroyed).toBe(true)

    const later = taking(Readable.from([rows(1)]), { stopping: aborter.signal })
    expect(await later.taken).toEqual([])
    expect(later.ends).toEqual(['stopped'])
  })

  it('ends in order where the source fails, if there is a listener for the error', async () => {
    const wrong = new Error('broken')
    async function* breaking() {
      yield rows(1)
      await settle()
      throw wrong
    }
    const errors: Error[] = []
    const { taken, ends } = taking(Readable.from(breaking()), {
      onSourceError: error => errors.push(error),
    })

    expect(await taken).toEqual([rows(1)])
    expect(errors).toEqual([wrong])
    expect(ends).toEqual(['source-failed'])
  })

  it('fails with the error of the source if there is no listener', async () => {
    const source = new Readable({
      objectMode: true,
      read() {
        this.destroy(new Error('broken'))
      },
    })

    await expect(taking(source).taken).rejects.toThrow('broken')
  })

  it('takes a source that is destroyed midway as failed, not as ended', async () => {
    const source = silent()
    const { taken, ends } = taking(source)
    source.push(rows(1))
    await settle()
    source.destroy()

    await expect(taken).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    expect(ends).toEqual([])
  })

  it('knows whether a source was destroyed, had failed or had ended before', async () => {
    const destroyed = silent()
    destroyed.destroy()
    const failed = silent()
    failed.on('error', () => {})
    failed.destroy(new Error('broken'))
    const ended = Readable.from([])
    await ended.toArray()
    await settle()

    await expect(taking(destroyed).taken).rejects.toMatchObject({
      code: 'ERR_STREAM_PREMATURE_CLOSE',
    })
    await expect(taking(failed).taken).rejects.toThrow('broken')
    expect(await taking(ended).taken).toEqual([])
  })

  it('destroys the source when it is destroyed', async () => {
    const source = silent()
    const { stage, ends } = taking(source)
    stage.destroy()
    await settle()

    expect(source.destroyed).toBe(true)
    expect(ends).toEqual([])
  })

  it('reads no further ahead than its reader, also a slow reader', async () => {
    const { source, count } = countedSource(inGroupsOf(10, rows(1_000)))
    const stage = takeRows({})(source)
    stage.read()
    for (let turn = 0; turn < 10; turn += 1) await settle()
    expect(count.given).toBeLessThanOrEqual(5)

    expect((await stage.pipe(slowly()).toArray()).length).toBeGreaterThanOrEqual(98)
  })

  it('waits for a slow source', async () => {
    async function* late() {
      for (const group of inGroupsOf(2, rows(20))) {
        await settle()
        yield group
      }
    }

    expect((await taking(Readable.from(late()), { limit: 15 }).taken).flat()).toEqual(rows(15))
  })
})
