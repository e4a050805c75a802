import { promptCount } from '../../lib/pricing/count-prompt.js'
import { textMessage } from '../../lib/row/message.js'

const family = { messageTokens: 4, callTokens: 3 }
const prompt = (text: string, system?: string) => ({ text, system, fragments: [] })

/** Counts words, and how often each text was counted. */
function wordCount() {
  const counted: string[] = []
  const countTokens = (text: string) => {
    counted.push(text)
    return text.split(' ').length
  }
  return { counted, countTokens }
}

describe('promptCount', () => {
  it('counts the text, the system prompt, and the marks around both messages', () => {
    const count = promptCount({ family, ...wordCount() })

    expect(count(prompt('two words'))).toEqual({ text: 2, wrapping: 7, attachments: 0 })
    expect(count(prompt('two words', 'be so brief'))).toEqual({
      text: 5,
      wrapping: 11,
      attachments: 0,
    })
    // An empty system prompt is not sent.
    expect(count(prompt('two words', ''))).toMatchObject({ wrapping: 7 })
  })

  it('counts what all prompts share once, and adds it to each', () => {
    const { counted, countTokens } = wordCount()
    const count = promptCount({ family, countTokens })
    const fragments = [
      { hash: 'a', content: 'we sell tools' },
      { hash: 'b', content: 'and seeds' },
    ]

    const first = count({ text: 'one', system: 'be brief', fragments })
    const second = count({ text: 'two', system: 'be brief', fragments })

    expect([first.text, second.text]).toEqual([first.text, first.text])
    expect(counted).toEqual(['one', 'be brief', 'we sell tools\nand seeds\n', 'two'])
  })

  it('counts a changed system prompt again', () => {
    const count = promptCount({ family, ...wordCount() })

    expect(count(prompt('a', 'one')).text).toBe(2)
    expect(count(prompt('a', 'one two')).text).toBe(3)
    expect(count(prompt('a', 'one')).text).toBe(2)
  })

  it('counts the bare text of the old completions endpoint', () => {
    const count = promptCount({ family, ...wordCount(), isBareText: true })

    expect(count(prompt('two words', 'not sent'))).toEqual({ text: 2, wrapping: 0, attachments: 0 })
  })

  it('counts all messages that a row gives, and images roughly', () => {
    const count = promptCount({ family, ...wordCount() })
    const messages = [textMessage('system', 'be brief'), textMessage('user', 'one')]
    const image = { role: 'user', parts: [{ kind: 'image', url: 'data:…' }] } as const

    expect(count({ ...prompt('one', 'be brief'), messages })).toMatchObject({
      ...{ text: 3, wrapping: 11 },
    })
    expect(count({ ...prompt('one'), messages: [image] })).toMatchObject({ wrapping: 7 + 1000 })
  })
})
