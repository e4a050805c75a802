import { readMessages } from '../../lib/template/read-messages.js'

const user = { role: 'user', content: 'Hi' }
const read = (value: any) => readMessages(value, 'Line 7: messages')

describe('readMessages', () => {
  it.each([
    [undefined, ' is not a list'],
    ['Hi', ' is not a list'],
    [{ role: 'user', content: 'Hi' }, ' is not a list'],
    [[], ' is an empty list'],
    [['Hi'], '[0] is not an object'],
    [[user, null], '[1] is not an object'],
    [[{ content: 'Hi' }], '[0] has no role; a role is system, developer, user, assistant or tool'],
    [[{ role: 'human', content: 'Hi' }], '[0] has the role "human"; a role is'],
    [[{ role: 3n, content: 'Hi' }], '[0] has the role "3"; a role is'],
    [[{ role: 'user' }], '[0] ("user") has no content'],
    [[{ role: 'assistant', content: null, tool_calls: [] }], '[0] ("assistant") has no content'],
    [[{ role: 'user', content: 3 }], '[0] has a content that is neither a text nor a list'],
    [[{ role: 'user', content: [3] }], '[0].content[0] is not an object'],
    [[{ role: 'user', content: [{ text: 'Hi' }] }], '[0].content[0] has no type'],
    [[{ role: 'user', content: [{ type: 'text' }] }], '[0].content[0] has no text'],
    [[imageOf(undefined)], '[0].content[0] has no URL of an image'],
    [[imageOf({ url: 'cat.png' })], 'whose URL is not http(s) or data: "cat.png"'],
    [[imageOf({ url: 'file:///etc/passwd' })], 'whose URL is not http(s) or data:'],
    [[imageOf({ url: 'data:text/html;base64,AAAA' })], 'has a data: URL that is not an image'],
    [[imageOf({ url: 'data:image/png,raw' })], 'has a data: URL that is not an image'],
  ])('fails the row of %j, with the place of the fault', (value, fault) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({
        code: 'RECORD_INVALID',
        reach: 'row',
        message: expect.stringMatching(/^Line 7: messages[ [].*/),
      }),
    )
    expect(() => read(value)).toThrow(fault)
  })

  it('reads roles, texts, images and what only OpenAI knows, and keeps each as it stands', () => {
    const given = [
      { role: 'developer', content: 'Be brief.', name: 'boss' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is ' },
          { type: 'input_text', text: 'this?' },
        ],
      },
      imageOf({ url: 'https://example.com/a.png', detail: 'low' }),
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function' }] },
      { role: 'tool', tool_call_id: 'c', content: 'A cat' },
      { role: 'user', content: [{ type: 'input_audio', input_audio: {} }] },
      { role: 'user', content: ['A ', { type: 'input_image', file_id: 'file-1' }] },
      { role: 'user', content: [{ type: 'input_image', image_url: 'https://example.com/b' }] },
    ]

    const messages = read(given)

    expect(messages.map(message => message.given)).toEqual(given)
    expect(messages.map(({ role }) => role)).toEqual([
      ...['system', 'user', 'user', 'assistant', 'tool', 'user', 'user', 'user'],
    ])
    expect(messages.map(({ parts }) => parts)).toEqual([
      [{ kind: 'text', text: 'Be brief.' }],
      [
        { kind: 'text', text: 'What is ' },
        { kind: 'text', text: 'this?' },
      ],
      [{ kind: 'image', url: 'https://example.com/a.png', detail: 'low' }],
      [{ kind: 'foreign', name: 'tool_calls' }],
      [{ kind: 'text', text: 'A cat' }],
      [{ kind: 'foreign', name: 'input_audio' }],
      [
        { kind: 'text', text: 'A ' },
        { kind: 'foreign', name: 'input_image with a file_id' },
      ],
      [{ kind: 'image', url: 'https://example.com/b' }],
    ])
  })
})

function imageOf(image_url: unknown) {
  return { role: 'user', content: [{ type: 'image_url', image_url }] }
}
