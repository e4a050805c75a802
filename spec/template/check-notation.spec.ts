import { checkNotation } from '../../lib/template/check-notation.js'

const names = ['review', 'Review Text', ' padded', 'a\u00a0b', 'two\nlines', 'a "b"', 'price']

describe('checkNotation', () => {
  it.each([
    ['Rate {{review}}', 'review'],
    ['Rate {{ Review text }}', 'Review Text'],
    ['Rate $review now', 'review'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what people write
    ['Costs ${price}', 'price'],
    ['Rate { review }', 'review'],
    ['Rate {Review text}', 'Review Text'],
    ['Rate {REVIEW_TEXT}', 'Review Text'],
    ['Rate {review-text}', 'Review Text'],
    ['Rate {Review\u00a0Text}', 'Review Text'],
    ['Rate {\u200breview}', 'review'],
    ['Rate {padded}', ' padded'],
    ['Rate {a b}', 'a\u00a0b'],
    ['Rate {two lines}', 'two\nlines'],
  ])('refuses %j, and names the column %j', (text, column) => {
    expect(() => checkNotation(text, names)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        reach: 'run',
        message: expect.stringContaining(`does not stand for the column ${JSON.stringify(column)}`),
        remedy: expect.stringMatching(/^Did you mean \{[\s\S]*\}\?.* add --literal-braces\.$/s),
      }),
    )
  })

  it('says that a name has unusual blanks', () => {
    expect(() => checkNotation('{a b}', names)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('Copy the name') }),
    )
  })

  it.each([
    'Rate {review}',
    'Rate {Review Text} and {a\u00a0b} and { padded} and {two\nlines} and {a "b"}',
    '{{{review}}} in braces',
    '{{"text": {review}}}',
    '{"review": "…"}',
    '{review: string}',
    'It costs $5, or $prices, {} or {other}',
  ])('takes %j', text => {
    expect(() => checkNotation(text, names)).not.toThrow()
  })
})
