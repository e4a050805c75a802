import { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { mapConcurrently } from '../../lib/stage/map-concurrently.js'
import { collect } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { range } from '../support/rows.js'

/** A map whose results the test lets go one by one. */
function gatedMap() {
  const started: number[] = []
  const gates = new Map<number, (value: number) => void>()
  return {
    started,
    running: () => gates.size,
    map: (item: number) =>
      new Promise<number>(resolve => {
        started.push(item)
        gates.set(item, resolve)
      }),
    open(item: number) {
      gates.get(item)?.(item)
      gates.delete(item)
    },
  }
}

const fixed = (count: number) => () => count

describe('mapConcurrently', () => {
  it('gives one item out for each item in', async () => {
    const stage = mapConcurrently({
      map: async (n: number) => n * 2,
      limit: fixed(4),
      window: 8,
      order: 'completion',
    })

    const out = await collect<number>(range(100), stage)

    expect(out.sort((a, b) => a - b)).toEqual(range(100).map(n => n * 2))
  })

  it('gives nothing for nothing', async () => {
    const stage = mapConcurrently({
      map: async (n: number) => n,
      limit: fixed(4),
      window: 8,
      order: 'input',
    })

    expect(await collect([], stage)).toEqual([])
  })

  it('runs as many at once as the limit says, which may change on the way', async () => {
    const { map, started, open } = gatedMap()
    let limit = 2
    const stage = mapConcurrently({ map, limit: () => limit, window: 10, order: 'completion' })
    const done = collect(range(6), stage)

    await settle()
    expect(started).toEqual([0, 1])
    limit = 4
    open(0)
    await settle()
    expect(started).toEqual([0, 1, 2, 3, 4])

    for (const item of range(6)) {
      open(item)
      await settle()
    }
    await done
  })

  it('gives results in the order in which they end, or in that of the input', async () => {
    for (const order of ['completion', 'input'] as const) {
      const { map, open } = gatedMap()
      const out = collect(range(3), mapConcurrently({ map, limit: fixed(3), window: 9, order }))
      for (const item of [2, 0, 1]) {
        await settle()
        open(item)
      }

      expect(await out).toEqual(order === 'input' ? [0, 1, 2] : [2, 0, 1])
    }
  })

  it('holds no more than its window when nobody reads', async () => {
    let mapped = 0
    const stage = mapConcurrently({
      map: async (n: number) => {
        mapped += 1
        return n
      },
      limit: fixed(4),
      window: 10,
      order: 'completion',
    })
    const source = Readable.from(range(1000))
    source.pipe(stage)

    for (let turn = 0; turn < 20; turn += 1) await settle()

    expect(mapped).toBeLessThanOrEqual(11)
    source.destroy()
    stage.destroy()
  })

  it.each(['input', 'completion'] as const)(
    'goes on when a slow reader takes what had filled a small window, in %s order',
    async order => {
      const slowly = new Transform({
        objectMode: true,
        highWaterMark: 1,
        transform: (item, _encoding, done) => setImmediate(done, null, item),
      })
      const stage = mapConcurrently({
        map: async (item: number) => item,
        limit: fixed(4),
        window: 4,
        order,
      })

      expect(await collect(range(50), stage, slowly)).toEqual(range(50))
    },
  )

  it('holds no more than its window when the source is slower than the map', async () => {
    let mapped = 0
    const stage = mapConcurrently({
      map: async (n: number) => {
        mapped += 1
        return n
      },
      limit: fixed(4),
      window: 10,
      order: 'completion',
    })
    async function* slowly() {
      for (const n of range(100)) {
        await settle()
        yield n
      }
    }
    const source = Readable.from(slowly())
    source.pipe(stage)

    for (let turn = 0; turn < 120; turn += 1) await settle()

    expect(mapped).toBeLessThanOrEqual(11)
    source.destroy()
    stage.destroy()
  })

  it('is destroyed by the error of a map, with that error', async () => {
    const wrong = new Error('wrong')
    const stage = mapConcurrently({
      map: (n: number) => (n === 3 ? Promise.reject(wrong) : Promise.resolve(n)),
      limit: fixed(2),
      window: 4,
      order: 'completion',
    })

    await expect(collect(range(10), stage)).rejects.toBe(wrong)
  })

  it('tells running maps when it is destroyed', async () => {
    const aborter = new AbortController()
    let told: AbortSignal | undefined
    const stage = mapConcurrently({
      map: (_: number, signal) => {
        told = signal
        return new Promise<number>(() => {})
      },
      limit: fixed(1),
      window: 2,
      order: 'completion',
    })
    const sink = new Writable({ objectMode: true })
    const done = pipeline(Readable.from([1]), stage, sink, { signal: aborter.signal })
    await settle()

    aborter.abort()

    await expect(done).rejects.toThrow()
    expect(told?.aborted).toBe(true)
  })

  it.each([1, 2, 15, 16, 17, 40])(
    'goes on after its window of %d was full and unread',
    async window => {
      const stage = mapConcurrently({
        map: async (n: number) => n,
        limit: fixed(4),
        window,
        order: 'completion',
      })
      const source = Readable.from(range(200))
      source.pipe(stage)
      for (let turn = 0; turn < 30; turn += 1) await settle()

      expect(await stage.toArray()).toHaveLength(200)
    },
  )
})
