import { messageFault } from '../../../lib/model/catalog/message-fault.js'
import type { Wire } from '../../../lib/model/catalog/model-reference.js'
import { type Message, type SaidPart, textMessage } from '../../../lib/row/message.js'

const [system, user, assistant] = (['system', 'user', 'assistant'] as const).map(role =>
  textMessage(role, `said by ${role}`),
) as [Message, Message, Message]
const image: SaidPart = { kind: 'image', url: 'https://example.com/a.png' }
const audio: SaidPart = { kind: 'foreign', name: 'input_audio' }
const tool = textMessage('tool', 'A cat')
const withPart = (role: Message['role'], part: SaidPart): Message => ({ role, parts: [part] })
const faultOf = (wire: Wire, messages: readonly Message[], options = {}) =>
  messageFault({ wire }, options, messages)

describe('messageFault', () => {
  it.each<[Wire, readonly Message[], string]>([
    ['anthropic', [withPart('user', audio)], "Anthropic's API takes no input_audio"],
    ['google', [user, tool], "Google's API takes no messages of tools"],
    ['openai-responses', [user, tool], 'The Responses API takes no messages of tools'],
    ['anthropic', [user, system], 'takes no system message after the first message of the user'],
    ['google', [system, user, assistant, system], 'takes no system message after the first'],
    ['google', [system], 'takes no conversation of system messages alone'],
    ['gguf', [withPart('user', image)], 'A GGUF file takes no images'],
    [
      'anthropic',
      [withPart('assistant', image)],
      'takes no image in a message of the role assistant',
    ],
    ['openai-completion', [system, user], 'takes one message of the user, with text only'],
    [
      'openai-completion',
      [withPart('user', image)],
      'takes one message of the user, with text only',
    ],
    ['openai-completion', [assistant], 'takes one message of the user, with text only'],
  ])('names what %s cannot take', (wire, messages, fault) => {
    expect(faultOf(wire, messages)).toContain(fault)
  })

  it.each<[Wire, readonly Message[]]>([
    ['openai-chat', [tool, withPart('user', audio)]],
    ['openai-compatible', [tool, system]],
    ['echo', [tool]],
    ['openai-responses', [user, system, withPart('user', image)]],
    ['anthropic', [system, system, user, assistant, withPart('user', image)]],
    ['google', [system, user, assistant]],
    ['gguf', [system, user, assistant]],
    ['openai-completion', [user]],
  ])('has nothing against what %s takes', (wire, messages) => {
    expect(faultOf(wire, messages)).toBeUndefined()
  })

  it('leaves it to the Chat API if a model of the Responses API is asked there', () => {
    expect(faultOf('openai-responses', [tool], { chat_completions: true })).toBeUndefined()
  })
})
