import { costText, dateText } from '../../../lib/cli/text/date-text.js'

describe('dateText', () => {
  it('is the time on the wall', () => {
    expect(dateText(new Date(2026, 0, 5, 7, 3, 59).getTime())).toBe('2026-01-05 07:03')
  })
})

describe('costText', () => {
  it.each([
    [0, '$0.00'],
    [12.3, '$12.30'],
    [0.1, '$0.10'],
    [0.0999, '$0.100'],
    [0.0042, '$0.0042'],
    [0.000012, '$0.000012'],
  ])('of %d', (usd, text) => {
    expect(costText(usd)).toBe(text)
  })
})
