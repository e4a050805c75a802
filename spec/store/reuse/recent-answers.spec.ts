import { recentAnswers } from '../../../lib/store/reuse/recent-answers.js'
import { answeredOf, failedOf, promptOf } from '../../support/equal-rows.js'

const keyOf = (text: string) => promptOf(0, text).hash.slice(-24)

describe('recentAnswers', () => {
  it('has the answers that were appended, until so many rows are written', () => {
    const recent = recentAnswers()
    recent.appended([
      answeredOf(promptOf(0, 'a')),
      failedOf(promptOf(1, 'b')),
      { kind: 'skipped', row: promptOf(2, 'c').row },
      { ...answeredOf(promptOf(3, 'd')), isRecalled: true },
      answeredOf(promptOf(4, 'e')),
    ])

    expect(recent.find(keyOf('a'))).toMatchObject({ text: 'answer to a', from: 'equal' })
    expect(['b', 'c', 'd'].map(text => recent.find(keyOf(text)))).toEqual([
      ...[undefined, undefined, undefined],
    ])
    recent.written(2)
    expect(recent.find(keyOf('a'))).toBeUndefined()
    expect(recent.find(keyOf('e'))).toMatchObject({ text: 'answer to e' })
    recent.written(1)
    expect(recent.find(keyOf('e'))).toBeUndefined()
  })

  it('says that there is an answer which it does not keep, since it is long', () => {
    const recent = recentAnswers({ mostCharacters: 20 })
    recent.appended([
      answeredOf(promptOf(0, 'a'), 'x'.repeat(21)),
      answeredOf(promptOf(1, 'b'), 'x'.repeat(15)),
      answeredOf(promptOf(2, 'c'), 'x'.repeat(6)),
    ])

    expect(recent.find(keyOf('a'))).toMatchObject({ text: undefined })
    expect(recent.find(keyOf('b'))).toMatchObject({ text: 'x'.repeat(15) })
    expect(recent.find(keyOf('c'))).toMatchObject({ text: undefined })
    recent.written(2)
    recent.appended([answeredOf(promptOf(3, 'd'), 'x'.repeat(20))])
    expect(recent.find(keyOf('d'))).toMatchObject({ text: 'x'.repeat(20) })
  })

  it('keeps that an answer came from the cache', () => {
    const recent = recentAnswers()
    recent.appended([{ ...answeredOf(promptOf(0, 'a')), reused: 'cached' }])

    expect(recent.find(keyOf('a'))).toMatchObject({ from: 'cached' })
  })
})
