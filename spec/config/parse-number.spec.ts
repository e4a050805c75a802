import {
  parsePositiveNumber,
  parseSeconds,
  parseWholeNumber,
} from '../../lib/config/parse-number.js'

describe('parseWholeNumber', () => {
  it.each(['many', '', ' 3', '3.5', '-1', '1e3', '0x10', '1,000', '9'.repeat(16), '0', 'NaN'])(
    'refuses %j, saying what is expected',
    text => {
      expect(() => parseWholeNumber(text, { name: '--concurrency', minimum: 1 })).toThrow(
        `--concurrency expects a whole number of 1 or more, got ${JSON.stringify(text)}.`,
      )
    },
  )

  it('reads digits, leading noughts too', () => {
    expect(parseWholeNumber('007', { name: 'x', minimum: 1 })).toBe(7)
    expect(parseWholeNumber('0', { name: 'x', minimum: 0 })).toBe(0)
  })
})

describe('parsePositiveNumber', () => {
  it.each(['', '0', '0.0', '-2', '1.', '.5', 'Infinity', '1e9', '20/min'])('refuses %j', text => {
    expect(() => parsePositiveNumber(text, { name: '--rate-limit' })).toThrow(
      `--rate-limit expects a number more than 0, got ${JSON.stringify(text)}.`,
    )
  })

  it('reads fractions', () => {
    expect(parsePositiveNumber('0.5', { name: 'x' })).toBe(0.5)
    expect(parsePositiveNumber('20', { name: 'x' })).toBe(20)
  })
})

describe('parseSeconds', () => {
  it('gives whole milliseconds, never none', () => {
    expect(parseSeconds('1.5', { name: '--timeout' })).toBe(1500)
    expect(parseSeconds('0.0001', { name: '--timeout' })).toBe(1)
    expect(() => parseSeconds('0', { name: '--timeout' })).toThrow('--timeout expects')
  })

  it('takes what is longer than anybody waits, as long as its milliseconds can be counted', () => {
    expect(parseSeconds('1000000000000', { name: '--timeout' })).toBe(1e15)
    expect(() => parseSeconds('999999999999999', { name: '--timeout' })).toThrow(
      '--timeout expects a number of seconds up to 9007199254740, got "999999999999999".',
    )
  })
})
