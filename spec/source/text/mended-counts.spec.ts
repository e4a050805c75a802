import { mendedTexts, noneMended } from '../../../lib/source/text/mended-counts.js'

describe('mendedTexts', () => {
  it('says what was mended, and nothing else', () => {
    expect(mendedTexts(noneMended())).toEqual([])
    expect(mendedTexts({ filledRows: 1, cutRows: 2, strayRows: 3, replacedBytes: 1 })).toEqual([
      '1 row had fewer fields than the header: the missing fields are empty',
      '2 rows had more fields than the header, all empty: those were dropped',
      '3 rows had cells to the right of the header: those were left out',
      '1 bad character replaced by U+FFFD',
    ])
  })
})
