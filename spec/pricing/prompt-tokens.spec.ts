import fc from 'fast-check'
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { mostInputTokens, roughInputTokens } from '../../lib/pricing/prompt-tokens.js'
import { type Message, textMessage } from '../../lib/row/message.js'
import { anyCharacter } from '../support/any-character.js'
import { scale } from '../support/scale.js'

const prompt = (text: string, system?: string, ...contents: string[]) => ({
  text,
  system,
  fragments: contents.map(content => ({ hash: content, content })),
})
const plain = { disallowedSpecial: new Set<string>() }

const said = (text: string) => textMessage('user', 'a'.repeat(100) + text)
const image: Message = { role: 'user', parts: [{ kind: 'image', url: `data:${'A'.repeat(9999)}` }] }

describe('roughInputTokens', () => {
  it('counts all messages of a row, what was said after, and images', () => {
    const messages = [said(''), said('')]

    expect(roughInputTokens({ ...prompt('aaaa'), messages })).toBe(50 + 8 + 2 * 4)
    expect(roughInputTokens({ ...prompt('aaaa'), messages, followUps: [said('')] })).toBe(
      75 + 8 + 2 * 4,
    )
    expect(roughInputTokens({ ...prompt('aaaa'), followUps: [said('')] })).toBe(26 + 8)
    expect(roughInputTokens({ ...prompt('aaaa'), messages: [image] })).toBe(8 + 4 + 1000)
  })

  it('counts a token for each four bytes, and the wrapping', () => {
    expect(roughInputTokens(prompt('a'.repeat(400)))).toBe(108)
    expect(roughInputTokens(prompt('a'.repeat(200), 'b'.repeat(200)))).toBe(108)
    expect(roughInputTokens(prompt(''))).toBe(8)
  })

  it('counts the fragments with their line breaks, in the second row too', () => {
    const first = prompt('a'.repeat(100), undefined, 'c'.repeat(199), 'd'.repeat(99))
    const second = { ...first, text: 'a'.repeat(200) }

    expect(roughInputTokens(first)).toBe(108)
    expect(roughInputTokens(second)).toBe(133)
  })

  it.each([
    ['English', 'The delivery was late, but the shop answered my letter within one day.'],
    ['Chinese', '这家店的服务非常好，东西也很便宜，我下次还会再来买。'],
    ['Russian', 'Доставка опоздала, но магазин ответил на моё письмо за один день.'],
    ['JSON', '{"customer_id": 1001, "plan": "pro", "tags": ["late", "refund"]}'],
  ])('is not off by more than a half for %s', (_language, text) => {
    const rough = roughInputTokens(prompt(text.repeat(20))) - 8
    const counted = countO200k(text.repeat(20), plain)

    expect(rough / counted).toBeGreaterThan(0.6)
    expect(rough / counted).toBeLessThan(2)
  })
})

describe('mostInputTokens', () => {
  it('counts a schema and what was said after the prompt, each with its wrapping', () => {
    const schema = { type: 'object', properties: { mood: { type: 'string' } } }
    const followUps = [
      textMessage('assistant', 'a'.repeat(100)),
      textMessage('user', 'é'.repeat(50)),
    ]
    const alone = mostInputTokens(prompt('hello'))

    expect(mostInputTokens({ ...prompt('hello'), schema })).toBe(
      alone + JSON.stringify(schema).length + 256,
    )
    expect(mostInputTokens({ ...prompt('hello'), followUps })).toBe(alone + 200 + 2 * 256)
  })

  it('bounds all messages of a row, with their marks and images', () => {
    const messages = [said('ﷺ'), image]
    const text = 100 + Buffer.byteLength('ﷺ'.normalize('NFKC'))

    expect(mostInputTokens({ ...prompt(''), messages })).toBe(text + 256 + 2 * 16 + 50_000)
  })

  it('is never below what a tokenizer counts, for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 200 }),
        fc.option(fc.string({ maxLength: 50 }), { nil: undefined }),
        fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }), { maxLength: 3 }),
        (text, system, contents) => {
          const most = mostInputTokens(prompt(text, system, ...contents))
          for (const count of [countO200k, countCl100k]) {
            const parts = [text, system ?? '', ...contents.map(content => `${content}\n`)]
            const counted = parts.reduce((sum, part) => sum + count(part, plain), 0)
            expect(most).toBeGreaterThanOrEqual(counted)
          }
        },
      ),
      { numRuns: 40 * scale },
    )
  })

  it('allows for a tokenizer that normalises the text first', () => {
    const ligature = '\uFDFA'

    const most = mostInputTokens(prompt(ligature.repeat(100)))

    expect(most).toBeGreaterThan(Buffer.byteLength(ligature.normalize('NFKC')) * 100)
  })

  it('allows for a system prompt that the chat template adds', () => {
    expect(mostInputTokens(prompt(''))).toBe(256)
  })
})
