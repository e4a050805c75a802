import { stripThinking } from '../../lib/row/strip-thinking.js'
import { answer } from '../support/rows.js'

describe('stripThinking', () => {
  it.each([
    ['<think>Hm.</think>\n\nHi', 'Hi', 'Hm.'],
    ['\n<think>\nHm.\nSo.\n</think>Hi </think> there', 'Hi </think> there', 'Hm.\nSo.'],
    ['<think></think>Hi', 'Hi', undefined],
    ['<think>Hm.</think>', '', 'Hm.'],
  ])('parts %j', (text, rest, reasoning) => {
    const parted = stripThinking(answer(text))

    expect(parted.text).toBe(rest)
    expect(parted.reasoning).toBe(reasoning)
  })

  it.each(['Hi', 'Hi <think>Hm.</think>', '<think>Hm.', 'Hm.</think>Hi', ''])(
    'leaves %j as it is',
    text => {
      const given = answer(text)

      expect(stripThinking(given)).toBe(given)
    },
  )

  it('adds to the reasoning that the reply has', () => {
    const given = answer('<think>Two.</think>Hi', { reasoning: 'One.' })

    expect(stripThinking(given)).toMatchObject({ text: 'Hi', reasoning: 'One.\n\nTwo.' })
  })
})
