import { extractedOutcome } from '../../../lib/sink/document/extracted-outcome.js'
import { answered, failed } from '../../support/rows.js'

const text = 'First:\n```js\none()\n```\nThen:\n```\ntwo()\n```\n'

describe('extractedOutcome', () => {
  it.each([
    ['first', text, 'one()\n'],
    ['last', text, 'two()\n'],
    ['first', 'no block', 'no block'],
    ['last', 'no block', 'no block'],
  ] as const)('has the %s code block of %j, if there is one', (which, given, expected) => {
    const outcome = answered(0, given)

    expect(extractedOutcome(outcome, which)).toEqual({
      ...outcome,
      answer: { ...outcome.answer, text: expected },
    })
    expect(outcome.answer.text).toBe(given)
  })

  it('leaves a failed row as it is', () => {
    const outcome = failed(0)

    expect(extractedOutcome(outcome, 'first')).toBe(outcome)
  })
})
