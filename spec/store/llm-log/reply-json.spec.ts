import type { Answer } from '../../../lib/row/answer.js'
import { replyJson as jsonOf } from '../../../lib/store/llm-log/reply-json.js'
import { answer } from '../../support/rows.js'

const replyJson = (reply: unknown, changes: Partial<Answer> = {}) =>
  jsonOf(answer('yes', { reply, ...changes }), true)

describe('replyJson', () => {
  it('keeps a reply whole', () => {
    expect(replyJson({ id: 'x', price: '$5', $: 1 })).toBe('{"id":"x","price":"$5","$":1}')
  })

  it('leaves out what is empty, as llm does', () => {
    const reply = { id: 'x', message: { refusal: null, text: 'hi' }, meta: {}, odd: [0] }

    expect(replyJson(reply)).toBe('{"id":"x","message":{"text":"hi"},"odd":[0]}')
  })

  it.each([
    [{ $: 'key' }, { $raw: { $: 'key' } }],
    [{ a: [{ $r: ['x'] }] }, { a: [{ $raw: { $r: ['x'] } }] }],
    [{ $raw: { $: 1 } }, { $raw: { $raw: { $raw: { $: 1 } } } }],
    [
      { $: 1, other: 2 },
      { $: 1, other: 2 },
    ],
    [{ $other: 1 }, { $other: 1 }],
  ])('wraps what llm would take for a reference of its own, as in %j', (reply, kept) => {
    expect(JSON.parse(replyJson(reply) ?? '')).toEqual(kept)
  })

  it('does without a reply that is none, or no JSON, sooner than lose the answer', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle

    expect([undefined, null, circle, { big: 1n }].map(reply => replyJson(reply))).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it('refers to a long text of the answer where a value of the reply is that text', () => {
    const text = `${'long "quoted" \u{1f600} '.repeat(5)}\\`
    const reply = { a: [text, `say "${text}"`], [text]: 1, b: { content: text } }

    expect(JSON.parse(replyJson(reply, { text }) ?? '')).toEqual({
      a: [{ $: '0.0.text' }, `say "${text}"`],
      [text]: 1,
      b: { content: { $: '0.0.text' } },
    })
    expect(replyJson({ a: text }, { text, reasoning: 'hm' })).toBe('{"a":{"$":"0.1.text"}}')
    expect(jsonOf(answer(text, { reply: { a: text } }), false)).toBe(JSON.stringify({ a: text }))
  })

  it.each([
    [63, 'x', false],
    [64, 'x', true],
    [63, '\u{1f600}', false],
    [64, '\u{1f600}', true],
  ])(
    'refers to texts of 64 code points and more, as llm does: %i of %s',
    (count, letter, isShort) => {
      const text = letter.repeat(count)

      expect(replyJson({ text }, { text })?.includes(text)).toBe(!isShort)
    },
  )
})
