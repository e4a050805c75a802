import { loadMessageHash, type MessageHash } from '../../../lib/store/llm-log/message-hash.js'
import { toolCallPart, toolResultPart } from '../../../lib/store/llm-log/tool-parts.js'
import { sha256, smallFiles } from '../../support/small-files.js'

let hash: MessageHash

beforeAll(async () => {
  hash = await loadMessageHash()
})

// Each hash was made by Python llm 0.32 and 0.36.
describe('loadMessageHash', () => {
  it('hashes a conversation as llm does, each message with its parent', () => {
    let parent: string | undefined
    const hashes = [
      ['user', 'Suggest a name for a pet pelican'],
      ['assistant', 'How about Percy? Pelicans suit a dignified name.'],
      ['user', 'Now one for a pet walrus'],
      ['assistant', 'Wallace. It pairs nicely with Percy.'],
    ].map(([role = '', text = '']) => {
      parent = hash.ofMessage(role, [{ type: 'text', text }], parent)
      return parent
    })

    expect(hashes).toEqual([
      'b2:d6b0cd4e7a65ea90423c50fadb3f5704',
      'b2:0f2c02ad982050b623b7e034199c8c61',
      'b2:c785dd6c77540150c2647f406cacc76f',
      'b2:a30a236e0d1b717c592e826d06e3c9d2',
    ])
  })

  it('hashes the attachments of a message as llm does', () => {
    const id = sha256(smallFiles.png)
    const file = { type: 'attachment', attachment: { id, type: 'image/png' } } as const
    const text = { type: 'text', text: 'What is this?' } as const

    expect(hash.ofMessage('user', [text, file], undefined)).toBe(
      'b2:b17c4b3b5423ad5f29aa490d23a19319',
    )
    expect(hash.ofMessage('user', [file], undefined)).toBe('b2:3a6e2dafb9bd2a0b11bdf6b0e1db5890')
  })

  it('hashes calls of tools and their results as llm does, whatever the arguments are', () => {
    const asked = hash.ofMessage('user', [{ type: 'text', text: 'p' }], undefined)
    const calls = [
      [
        'add',
        '{"b": 1.0, "a": [1, 2.5, 1e-7, true, null], "😀": "n\\u00fc \\u2028", "～": 12345678901234567890}',
      ],
      ['none', ''],
      ['raw', '{"a'],
      ['null', 'null'],
      ['list', '[1.5]'],
    ].map(([name = '', argumentsText = ''], at) =>
      toolCallPart({ id: `call_${at + 1}`, name, argumentsText }),
    )
    const results = [
      { callId: 'call_1', name: 'add', output: '3.5 ü\n"q"' },
      {
        callId: 'call_2',
        name: 'none',
        output: 'Error: bad y',
        exception: 'ValueError: bad y',
      },
    ].map(toolResultPart)

    const called = hash.ofMessage(
      'assistant',
      [{ type: 'text', text: 'Let me see.' }, ...calls],
      asked,
    )

    expect(called).toBe('b2:2a52b64dda13f661054f83c5684ce7f7')
    expect(hash.ofMessage('tool', results, called)).toBe('b2:a1d8af24c7163c6ea0d601e9932da8f6')
  })

  it.each(['{"a": NaN}', '[-Infinity]', '{"a": 1e400}', '{"a', '{} {}'])(
    'keeps the arguments %s as text, which is not JSON for all who read the log',
    argumentsText => {
      const part = toolCallPart({ id: 'c', name: 'say', argumentsText })

      expect(part.arguments).toEqual(new Map([['_raw', argumentsText]]))
    },
  )

  it('takes half a surrogate pair out of a call, which Python could not hash', () => {
    const part = toolCallPart({
      id: 'c',
      name: 'say',
      argumentsText: '{"\\ud800": ["a\\udc00", "\\ud83d\\ude00"]}',
    })

    expect(part.arguments).toEqual(new Map([['\ufffd', ['a\ufffd', '😀']]]))
  })

  it.each([
    ['system', 'Be nice', 'b2:0f1b7abcd7b3007d5a225d5ac27539f9'],
    ['user', 'p', 'b2:870d8dfa8599a9b5c1dc88a7a90876f7'],
    ['user', 'Suggest a name for a pet pelican', 'b2:d6b0cd4e7a65ea90423c50fadb3f5704'],
  ])('hashes a %s message as llm does', (role, text, expected) => {
    expect(hash.ofMessage(role, [{ type: 'text', text }], undefined)).toBe(expected)
  })
})
