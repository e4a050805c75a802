import fc from 'fast-check'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { loadTokenizer } from '../../lib/pricing/load-tokenizer.js'

const plain = { disallowedSpecial: new Set<string>() }
const english = 'The parcel came two days late, but the shop answered within an hour. '
const chinese =
  '包裹晚到了两天，但店家在一个小时之内就回复了我的信。水壶很结实，烧水很快，也不漏水。'

describe('loadTokenizer', () => {
  it.each([
    ['o200k_base', 11],
    ['cl100k_base', 13],
    ['p50k_base', 18],
    ['r50k_base', 20],
  ] as const)('counts with %s', async (encoding, tokens) => {
    const count = await loadTokenizer(encoding)

    expect(count('包裹晚到了两天。    return x')).toBe(tokens)
  })

  it('takes the name of a special token for text', async () => {
    const count = await loadTokenizer('o200k_base')

    expect(count('a <|endoftext|> b')).toBeGreaterThan(5)
  })

  it.each([
    ['English', english.repeat(40)],
    ['Chinese', chinese.repeat(40)],
    ['lines', 'one\n\n  two, three\t\n'.repeat(100)],
    ['a broken surrogate', `${'\ud800'.repeat(3)}${english.repeat(10)}`],
  ])('counts long texts in pieces as if they were whole: %s', async (_kind, text) => {
    const count = await loadTokenizer('o200k_base')

    expect(Math.abs(count(text) / countO200k(text, plain) - 1)).toBeLessThan(0.005)
  })

  it('is a few tokens off at most, for any text', async () => {
    const count = await loadTokenizer('o200k_base')
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '中', '，', '😀', '7', '-') })
    const long = fc.array(text, { minLength: 1, maxLength: 60 }).map(parts => parts.join(''))

    fc.assert(
      fc.property(long, given => {
        const pieces = Math.ceil(given.length / 128)
        expect(Math.abs(count(given) - countO200k(given, plain))).toBeLessThanOrEqual(3 * pieces)
      }),
    )
  })

  // At once, 200,000 letters without a blank would take minutes.
  it('counts an unbroken run in time that grows with its length', async () => {
    const count = await loadTokenizer('o200k_base')

    expect(count('中'.repeat(200_000))).toBeGreaterThan(100_000)
  })
})
