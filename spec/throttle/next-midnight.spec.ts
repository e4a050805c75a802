import fc from 'fast-check'
import { nextMidnight } from '../../lib/throttle/next-midnight.js'

const pacific = 'America/Los_Angeles'
const next = (time: string) => new Date(nextMidnight(pacific, Date.parse(time))).toISOString()

describe('nextMidnight', () => {
  it.each([
    ['in winter', '2026-11-29T14:06:00Z', '2026-11-30T08:00:00.000Z'],
    ['in summer', '2026-07-01T06:59:59.999Z', '2026-07-01T07:00:00.000Z'],
    ['at midnight itself', '2026-07-01T07:00:00Z', '2026-07-02T07:00:00.000Z'],
    ['on a day of 25 hours', '2026-11-01T07:30:00Z', '2026-11-02T08:00:00.000Z'],
    ['on a day of 23 hours', '2026-03-08T08:30:00Z', '2026-03-09T07:00:00.000Z'],
  ])('is the next midnight of the zone %s', (_when, time, midnight) => {
    expect(next(time)).toBe(midnight)
  })

  it('is midnight there, and within the next 25 hours, at any time', () => {
    const zones = fc.constantFrom(pacific, 'Europe/Berlin', 'Asia/Kolkata', 'UTC')
    const times = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2030, 0) })
    fc.assert(
      fc.property(zones, times, (zone, nowMs) => {
        const midnightMs = nextMidnight(zone, nowMs)
        const shown = new Intl.DateTimeFormat('en-GB', {
          timeZone: zone,
          timeStyle: 'medium',
        }).format(midnightMs)

        expect(shown).toBe('00:00:00')
        expect(midnightMs - nowMs).toBeGreaterThan(0)
        expect(midnightMs - nowMs).toBeLessThanOrEqual(25 * 3_600_000)
      }),
    )
  })
})
