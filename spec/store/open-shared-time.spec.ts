import type { SharedTime } from '../../lib/port/shared-time.js'
import { openSharedTime } from '../../lib/store/open-shared-time.js'
import { specDriver } from './spec-driver.js'
import { storeClock } from './store-clock.js'
import { useStores } from './use-stores.js'

describe('openSharedTime', () => {
  const clock = storeClock()
  const bench = useStores(() => ({ log: false, clock, driver: specDriver }))
  let opened: SharedTime[] = []
  afterEach(async () => {
    for (const time of opened) await time.close()
    opened = []
  })

  async function open(budgetId = 'm 1'): Promise<SharedTime> {
    await bench.open()
    const time = await openSharedTime({ path: bench.path, budgetId, clock })
    opened.push(time)
    return time
  }

  const now = () => clock.nowMs()

  it('gives the time from now on, one stretch after another, to whoever asks first', async () => {
    const one = await open()
    const other = await open()

    expect(await one.take('requests', 100)).toEqual({ startMs: now(), endMs: now() + 100 })
    expect(await other.take('requests', 50)).toEqual({ startMs: now() + 100, endMs: now() + 150 })
    expect(await one.take('requests', 100)).toEqual({ startMs: now() + 150, endMs: now() + 250 })
  })

  it('keeps requests, tokens, and other models and keys apart', async () => {
    const one = await open()
    const other = await open('m 2')
    await one.take('requests', 100)

    expect(await one.take('tokens', 100)).toMatchObject({ startMs: now() })
    expect(await other.take('requests', 100)).toMatchObject({ startMs: now() })
  })

  it('loses time that nobody took', async () => {
    const time = await open()
    await time.take('requests', 100)
    await clock.advance(5_000)

    expect(await time.take('requests', 100)).toMatchObject({ startMs: now() })
  })

  it('stops nobody when the clock is set back, and gives no time twice', async () => {
    const time = await open()
    await clock.advance(3_600_000)
    await time.take('requests', 100)
    await time.take('requests', 100)
    await clock.advance(-3_600_000)

    expect(await time.take('requests', 100)).toMatchObject({ startMs: now() + 200 })
    expect(await time.take('requests', 100)).toMatchObject({ startMs: now() + 300 })
  })

  it('gives all that ask at once a stretch of their own', async () => {
    const times = await Promise.all(Array.from({ length: 4 }, () => open()))
    const spans = await Promise.all(
      Array.from({ length: 40 }, (_, index) => times[index % 4]?.take('requests', 10)),
    )
    const starts = spans.map(span => (span?.startMs ?? 0) - now()).sort((a, b) => a - b)

    expect(starts).toEqual(Array.from({ length: 40 }, (_, index) => index * 10))
  })
})
