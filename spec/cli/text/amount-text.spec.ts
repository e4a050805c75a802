import {
  bytesText,
  costText,
  countText,
  dateText,
  durationText,
  pluralText,
  rateText,
  shortCountText,
} from '../../../lib/cli/text/amount-text.js'

const s = 1000
const m = 60 * s
const h = 60 * m

describe('amounts', () => {
  it('groups digits, and has a plural', () => {
    expect(countText(1_234_567)).toBe('1,234,567')
    expect([pluralText(1, 'row'), pluralText(0, 'row'), pluralText(2000, 'row')]).toEqual([
      '1 row',
      '0 rows',
      '2,000 rows',
    ])
  })

  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.00k'],
    [12_340, '12.3k'],
    [999_499, '999k'],
    [999_500, '1.00M'],
    [4_560_000, '4.56M'],
    [123_456_789, '123M'],
  ])('shortens %d to %s', (count, text) => {
    expect(shortCountText(count)).toBe(text)
  })

  it.each([
    [0, '0.0 s'],
    [440, '0.4 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1m 00s'],
    [2 * m + 3 * s, '2m 03s'],
    [h - 501, '59m 59s'],
    [h - 500, '1h 00m'],
    [h + 5 * m, '1h 05m'],
    [24 * h - 1, '1d 00h'],
    [76 * h, '3d 04h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  it.each([
    [0, 999, '0/999 B'],
    [1234, 45_600, '1.2/45.6 kB'],
    [12_345_678, 45_600_000, '12.3/45.6 MB'],
    [1, 3_000_000_000_000_000, '0.0/3000.0 TB'],
  ])('writes %d of %d bytes as %s', (done, total, text) => {
    expect(bytesText(done, total)).toBe(text)
  })

  it.each([
    [0.4213, '0.42'],
    [3.14, '3.1'],
    [99.94, '99.9'],
    [1240.4, '1,240'],
  ])('writes %d a second as %s', (rate, text) => {
    expect(rateText(rate)).toBe(text)
  })

  it('writes a time as the clock on the wall shows it', () => {
    expect(dateText(new Date(2026, 0, 5, 7, 3, 59).getTime())).toBe('2026-01-05 07:03')
  })

  it.each([
    [0, '$0.00'],
    [1234.5, '$1,234.50'],
    [0.1, '$0.10'],
    [0.0999, '$0.10'],
    [0.0042, '$0.0042'],
    [0.000012, '$0.000012'],
  ])('writes %d dollars as %s', (usd, text) => {
    expect(costText(usd)).toBe(text)
  })
})
