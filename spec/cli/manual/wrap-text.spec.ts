import fc from 'fast-check'
import stringWidth from 'string-width'
import { wrapText } from '../../../lib/cli/manual/wrap-text.js'

describe('wrapText', () => {
  it('breaks at blanks, and keeps the margin', () => {
    expect(wrapText('  one two three', 9)).toEqual(['  one two', '  three'])
    expect(wrapText('short', 80)).toEqual(['short'])
    expect(wrapText('', 80)).toEqual([''])
  })

  it('loses no word, and passes the width only with one word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z表…]{1,12}$/), { minLength: 1 })
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (given, width) => {
        const lines = wrapText(given.join(' '), width)

        expect(lines.join(' ')).toBe(given.join(' '))
        for (const line of lines) {
          if (line.includes(' ')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
        }
      }),
    )
  })
})
