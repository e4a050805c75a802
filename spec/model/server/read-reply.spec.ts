import { readReply } from '../../../lib/model/server/read-reply.js'

const chat = (message: object, finish_reason = 'stop') => ({
  choices: [{ message, finish_reason }],
})

describe('readReply', () => {
  it('takes a refusal for the text, also beside a content that is none', () => {
    const said = { text: 'No.', reasoning: '', finishReason: 'content-filter' }

    expect(readReply('openai-chat', chat({ content: 3, refusal: 'No.' }), false)).toEqual(said)
    expect(readReply('openai-chat', chat({ content: 3, refusal: '' }), false)).toBeUndefined()
  })

  it('reads a whole text of the Responses API, and only a text', () => {
    const text = { output_text: 'Como' }

    expect(readReply('openai-responses', text, false)).toMatchObject({ text: 'Como' })
    expect(readReply('openai-responses', { output_text: 3 }, false)).toBeUndefined()
  })

  it.each([
    ['tool_use', 'stop'],
    ['max_tokens', 'length'],
  ])("reads Anthropic's tool of the answer, which ends with %s", (stop_reason, finishReason) => {
    const content = [{ type: 'tool_use', name: 'json', input: { lake: 'Como' } }]

    expect(readReply('anthropic', { content, stop_reason }, false)).toEqual({
      ...{ text: '{"lake":"Como"}', reasoning: '', finishReason },
    })
  })

  it('finds no answer in what is no object', () => {
    expect(readReply('google', 'Como', false)).toBeUndefined()
    expect(readReply('google', { candidates: [] }, true)).toBeUndefined()
  })
})
