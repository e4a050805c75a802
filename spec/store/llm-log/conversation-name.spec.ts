import { conversationName, nameForPrompt } from '../../../lib/store/llm-log/conversation-name.js'
import { prompt } from '../../support/rows.js'

describe('conversationName', () => {
  it.each([
    ['x'.repeat(32), 'x'.repeat(32)],
    ['x'.repeat(33), `${'x'.repeat(31)}…`],
    ['😀'.repeat(33), `${'😀'.repeat(31)}…`],
    ['  hello\n\n world ', ' hello world '],
    [`${'x'.repeat(31)} \n `, `${'x'.repeat(31)} `],
    ['a\x1cb\x85c\u2028d', 'a b c d'],
    ['a\ufeffb', 'a\ufeffb'],
    ['', ''],
  ])('names a conversation that begins with %j as llm would', (text, name) => {
    expect(conversationName(text)).toBe(name)
  })
})

describe('nameForPrompt', () => {
  it('counts fragments in, and falls back to the system prompt', () => {
    const fragments = [{ hash: 'h', content: 'Frag' }]

    const names = [
      nameForPrompt({ ...prompt(0, 'question'), fragments }),
      nameForPrompt({ ...prompt(0, ''), system: '  Be nice ' }),
      nameForPrompt(prompt(0, '')),
    ]

    expect(names).toEqual(['Frag question', 'Be nice', ''])
  })
})
