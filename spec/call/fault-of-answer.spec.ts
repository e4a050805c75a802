import { faultOfAnswer } from '../../lib/call/fault-of-answer.js'
import { answer } from '../support/rows.js'

describe('faultOfAnswer', () => {
  it.each(['stop', 'tool-calls', 'other'] as const)(
    'finds none in an answer that ended with %s',
    finishReason => {
      expect(faultOfAnswer(answer('yes', { finishReason }), false)).toBeUndefined()
    },
  )

  it.each([
    ['cut by its length', { finishReason: 'length' }, 'ANSWER_TRUNCATED'],
    ['empty', { text: ' \n' }, 'ANSWER_EMPTY'],
    ['refused by a filter', { finishReason: 'content-filter' }, 'ANSWER_FILTERED'],
    ['broken off by the server', { finishReason: 'error' }, 'SERVER_FAILED'],
  ] as const)('finds a fault of the row alone in an answer that is %s', (_, changes, code) => {
    expect(faultOfAnswer(answer('part', changes), false)).toMatchObject({ code, reach: 'row' })
  })

  it('takes a cut answer when told to, but not an empty one', () => {
    const finishReason = 'length'

    expect(faultOfAnswer(answer('part', { finishReason }), true)).toBeUndefined()
    expect(faultOfAnswer(answer('', { finishReason }), true)?.code).toBe('ANSWER_TRUNCATED')
    expect(faultOfAnswer(answer(' ', { finishReason }), true)?.code).toBe('ANSWER_EMPTY')
  })
})
