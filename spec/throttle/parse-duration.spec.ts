import { parseDuration, parseReset, untilDate } from '../../lib/throttle/parse-duration.js'

describe('parseDuration', () => {
  it.each(['', ' ', 'soon', '5x', '1m2h', '-3s', '1e3', 's', '12 ms'])(
    'takes %j for no duration',
    text => expect(parseDuration(text)).toBeUndefined(),
  )

  it.each([
    ['12ms', 12],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['2m59.56s', 179_560],
    ['7.66s', 7_660],
    ['1s', 1_000],
    ['1h', 3_600_000],
    ['1s250ms', 1_250],
    ['7.66', 7_660],
    ['0', 0],
    [' 2s ', 2_000],
  ])('reads %s as %d ms', (text, ms) => expect(parseDuration(text)).toBeCloseTo(ms, 6))
})

describe('parseReset', () => {
  const nowMs = Date.UTC(2026, 10, 23, 12)

  it.each([
    ['2026-11-23T12:00:30Z', 30_000],
    [String(nowMs + 1_500), 1_500],
    [String(nowMs / 1000 + 20), 20_000],
    ['6m0s', 360_000],
    ['33011.38', 33_011_380],
  ])('reads %s as %d ms from now', (text, ms) => expect(parseReset(text, nowMs)).toBeCloseTo(ms, 3))

  it('takes a past moment for no moment', () => {
    expect(parseReset('2026-11-23T11:00:00Z', nowMs)).toBeUndefined()
    expect(parseReset(String(nowMs - 5), nowMs)).toBeUndefined()
  })

  it('takes other text for no moment', () => {
    expect(parseReset('tomorrow', nowMs)).toBeUndefined()
    expect(parseReset('1000000000000', nowMs)).toBeUndefined()
    expect(parseReset('2026-99-99', nowMs)).toBeUndefined()
  })
})

describe('untilDate', () => {
  it('counts from now to a date, and knows none that is past', () => {
    const nowMs = Date.UTC(2026, 10, 23)
    expect(untilDate('Mon, 23 Nov 2026 00:00:09 GMT', nowMs)).toBe(9_000)
    expect(untilDate('Sun, 22 Nov 2026 00:00:00 GMT', nowMs)).toBeUndefined()
    expect(untilDate('later', nowMs)).toBeUndefined()
  })
})
