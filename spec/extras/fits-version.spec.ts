import { fitsVersion } from '../../lib/extras/fits-version.js'

describe('fitsVersion', () => {
  it.each([
    ['1.32.2', '1.32.2', true],
    ['1.32.3', '1.32.2', true],
    ['1.33.0', '1.32.2', true],
    ['1.32.1', '1.32.2', false],
    ['1.31.9', '1.32.2', false],
    ['2.0.0', '1.32.2', false],
    ['0.17.1', '0.17.0', true],
    ['0.18.0', '0.17.0', false],
    ['0.0.18', '0.0.18', true],
    ['0.0.19', '0.0.18', false],
    ['1.33.0-beta.1', '1.32.2', false],
    ['1.32.3-beta', '1.32.2', false],
    ['1.32', '1.32.2', false],
    ['next', '1.32.2', false],
  ])('%s in the place of %s: %s', (found, wanted, fits) => {
    expect(fitsVersion(found, wanted)).toBe(fits)
  })
})
