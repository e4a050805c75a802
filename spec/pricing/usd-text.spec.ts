import { usdText } from '../../lib/pricing/usd-text.js'

describe('usdText', () => {
  it.each([
    [0, '$0.00'],
    [5, '$5.00'],
    [4.991_25, '$4.9913'],
    [1_234.5, '$1,234.50'],
    [0.1, '$0.10'],
    [0.02, '$0.02'],
    [0.019_83, '$0.0198'],
    [0.000_641_4, '$0.000641'],
  ])('writes %d as %s', (usd, text) => {
    expect(usdText(usd)).toBe(text)
  })
})
