import { cutText, cutTextBefore, padText, textWidth } from '../../../lib/cli/text/text-width.js'

describe('textWidth', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['👍', 2],
  ])('of %j', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('cutText', () => {
  it('cuts the end or the beginning, and never leaves more than there is room for', () => {
    expect([cutText('abcdef', 6), cutText('abcdef', 4)]).toEqual(['abcdef', 'abc…'])
    expect([cutTextBefore('abcdef', 6), cutTextBefore('abcdef', 4)]).toEqual(['abcdef', '…def'])
    expect([cutText('日本語', 4), cutTextBefore('日本語', 4)]).toEqual(['日…', '…語'])
  })

  it('pads by columns, not by characters', () => {
    expect(padText('日', 4)).toBe('日  ')
    expect(padText('abc', 2)).toBe('abc')
  })
})
