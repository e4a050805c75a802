import { randomBytes } from 'node:crypto'
import { decodeTime } from 'ulid'
import { monotonicIds } from '../../../lib/store/llm-log/monotonic-id.js'
import { range } from '../../support/rows.js'
import { storeClock } from '../store-clock.js'

describe('monotonicIds', () => {
  it('makes lower-case ULIDs of the time', () => {
    const clock = storeClock(Date.UTC(2027, 0, 1))

    const id = monotonicIds({ clock, randomBytes })()

    expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
    expect(decodeTime(id.toUpperCase())).toBe(Date.UTC(2027, 0, 1))
  })

  it('never goes back: not within a millisecond, not when the clock does, not between two stores', async () => {
    const clock = storeClock(Date.UTC(2027, 1, 1))
    const one = monotonicIds({ clock, randomBytes })
    const other = monotonicIds({ clock: storeClock(Date.UTC(2026, 0, 1)), randomBytes })
    const ids: string[] = []

    for (const _ of range(50)) {
      ids.push(one(), other())
      await clock.advance(0.4)
    }

    expect(ids).toEqual([...new Set(ids)].sort())
  })

  it('draws fresh chance each millisecond', async () => {
    const clock = storeClock(Date.UTC(2027, 2, 1))
    const next = monotonicIds({ clock, randomBytes })
    const first = next()

    await clock.advance(1)

    expect(next().slice(10)).not.toBe(first.slice(10))
  })
})
