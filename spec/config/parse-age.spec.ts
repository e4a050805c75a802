import { parseAge } from '../../lib/config/parse-age.js'

describe('parseAge', () => {
  it.each(['', '30', 'd', '-1d', '1.5d', '30 d', '30D', '1y', '1d12h', '9999999d', 'constructor'])(
    'refuses %j',
    text => {
      expect(() => parseAge(text, { name: '--older-than' })).toThrow(
        `--older-than expects a number with a unit (s, m, h, d or w), such as 30d, got "${text}".`,
      )
    },
  )

  it.each([
    ['0s', 0],
    ['90s', 90_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
  ])('reads %s', (text, ms) => {
    expect(parseAge(text, { name: 'x' })).toBe(ms)
  })
})
