import { Readable } from 'node:stream'
import { takeRows } from '../../lib/stage/take-rows.js'
import { settle } from '../support/fake-clock.js'
import { range, row } from '../support/rows.js'

const readAll = (stream: Readable) => stream.toArray()

describe('takeRows', () => {
  it('gives all rows when no limit is set', async () => {
    const rows = range(50).map(index => row(index))

    expect(await readAll(takeRows(Readable.from(rows), {}))).toEqual(rows)
  })

  it('ends an endless source at once when it has the rows it wants', async () => {
    async function* endless() {
      for (let index = 0; ; index += 1) yield row(index)
    }
    const source = Readable.from(endless())

    expect(await readAll(takeRows(source, { limit: 3 }))).toHaveLength(3)
    expect(source.destroyed).toBe(true)
  })

  it('does not wait for a source that gives nothing when no row is wanted', async () => {
    const source = new Readable({ objectMode: true, read() {} })

    expect(await readAll(takeRows(source, { limit: 0 }))).toEqual([])
    expect(source.destroyed).toBe(true)
  })

  it('ends when a stop is asked for, also while it waits for a row', async () => {
    const aborter = new AbortController()
    const source = new Readable({ objectMode: true, read() {} })
    const taken = readAll(takeRows(source, { stopping: aborter.signal }))
    source.push(row(0))
    await settle()

    aborter.abort()

    expect(await taken).toEqual([row(0)])
    expect(source.destroyed).toBe(true)
  })

  it('says each row it takes, and once when there are no more', async () => {
    const seen: number[] = []
    let ends = 0
    const options = {
      onRecord: (record: any) => seen.push(record.index),
      onEnd: () => {
        ends += 1
      },
    }

    await readAll(takeRows(Readable.from([row(0), row(1)]), options))

    expect(seen).toEqual([0, 1])
    expect(ends).toBe(1)
  })

  it('ends in order where the source breaks, when somebody takes the error', async () => {
    const wrong = new Error('broken')
    async function* breaking() {
      yield row(0)
      await settle()
      throw wrong
    }
    const errors: Error[] = []
    const options = { onSourceError: (error: Error) => errors.push(error) }

    expect(await readAll(takeRows(Readable.from(breaking()), options))).toEqual([row(0)])
    expect(errors).toEqual([wrong])
  })

  it('passes the error of the source on when nobody takes it', async () => {
    const source = new Readable({
      objectMode: true,
      read() {
        this.destroy(new Error('broken'))
      },
    })

    await expect(readAll(takeRows(source, {}))).rejects.toThrow('broken')
  })

  it('reads no further than it is read', async () => {
    let given = 0
    const source = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read() {
        this.push(row(given))
        given += 1
      },
    })
    const rows = takeRows(source, {})
    rows.read()

    for (let turn = 0; turn < 10; turn += 1) await settle()

    expect(given).toBeLessThan(25)
    rows.destroy()
  })
})
