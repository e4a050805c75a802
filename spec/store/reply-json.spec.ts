import { replyJson } from '../../lib/store/llm-log/reply-json.js'

describe('replyJson', () => {
  it('keeps a reply whole', () => {
    expect(replyJson({ id: 'x', price: '$5', $: 1 })).toBe('{"id":"x","price":"$5","$":1}')
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

    expect([undefined, null, circle, { big: 1n }].map(replyJson)).toEqual([null, null, null, null])
  })
})
