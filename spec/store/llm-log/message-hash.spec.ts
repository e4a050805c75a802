import {
  canonicalJson,
  loadMessageHash,
  type MessageHash,
  PythonFloat,
} from '../../../lib/store/llm-log/message-hash.js'

let hash: MessageHash

beforeAll(async () => {
  hash = await loadMessageHash()
})

const user = (text: string) => ({ role: 'user', parts: [{ type: 'text', text }] })
const assistant = (text: string) => ({ role: 'assistant', parts: [{ type: 'text', text }] })

// Each hash was made by Python llm 0.32 and 0.36.
describe('loadMessageHash', () => {
  it('hashes a conversation as llm does, each message with its parent', () => {
    const asked = hash.ofMessage(user('Suggest a name for a pet pelican'), undefined)
    const answered = hash.ofMessage(
      assistant('How about Percy? Pelicans suit a dignified name.'),
      asked,
    )
    const askedAgain = hash.ofMessage(user('Now one for a pet walrus'), answered)
    const last = hash.ofMessage(assistant('Wallace. It pairs nicely with Percy.'), askedAgain)

    expect([asked, answered, askedAgain, last]).toEqual([
      'b2:d6b0cd4e7a65ea90423c50fadb3f5704',
      'b2:0f2c02ad982050b623b7e034199c8c61',
      'b2:c785dd6c77540150c2647f406cacc76f',
      'b2:a30a236e0d1b717c592e826d06e3c9d2',
    ])
  })

  it.each([
    ['system', 'Be nice', 'b2:0f1b7abcd7b3007d5a225d5ac27539f9'],
    ['user', 'p', 'b2:870d8dfa8599a9b5c1dc88a7a90876f7'],
    ['user', 'Suggest a name for a pet pelican', 'b2:d6b0cd4e7a65ea90423c50fadb3f5704'],
  ])('hashes a %s message of text alone, the fast way and the general', (role, text, expected) => {
    expect(hash.ofTexts(role, [{ type: 'text', text }], undefined)).toBe(expected)
    expect(hash.ofMessage({ role, parts: [{ type: 'text', text }] }, undefined)).toBe(expected)
  })

  it('hashes redacted reasoning, letters beyond ASCII, quotes and line separators', () => {
    const parts = [
      { type: 'reasoning', text: '', redacted: true },
      { type: 'text', text: 'hi ünï 😀\n"q" \u2028' },
    ]

    const hashed = hash.ofMessage({ role: 'assistant', parts }, undefined)

    expect(hashed).toBe('b2:4927231dd658a40f3a92eb6adbb78333')
  })

  it('hashes a tool call with what its provider said beside it, numbers as Python writes them', () => {
    const metadata = { openai: { id: 'rs_1', encrypted_content: 'AAA' } }
    const parts = [
      { type: 'reasoning', text: 'why', provider_metadata: metadata },
      {
        type: 'tool_call',
        name: 'f',
        arguments: { z: new PythonFloat(1), a: [1, 2.5, 1e-7, true, null] },
        tool_call_id: 'call_1',
      },
    ]

    const hashed = hash.ofMessage({ role: 'assistant', parts }, 'b2:00')

    expect(hashed).toBe('b2:b5e445ecc67cd5f5184f1e2afde06bd3')
  })

  it('gives texts of several parts, with a parent, the same hash both ways', () => {
    const parts = [
      { type: 'reasoning', text: 'tab\t\u0000\u001f\u007f' },
      { type: 'text', text: '"\\' },
    ] as const

    const fast = hash.ofTexts('assistant', parts, 'b2:00')

    expect(fast).toBe(hash.ofMessage({ role: 'assistant', parts }, 'b2:00'))
  })

  it('makes a digest of 16 bytes, which is no longer one cut off', () => {
    expect(hash.blake2b128('x')).toBe('442a44457137672b3218c1007dc8f76a')
  })
})

describe('canonicalJson', () => {
  it.each([
    [
      { z: new PythonFloat(1), a: [1, 2.5, 1e-7, true, null] },
      '{"a":[1,2.5,1e-07,true,null],"z":1.0}',
    ],
    [[1e16, 1.5e300, 0.00001, 0.0001, -0], '[1e+16,1.5e+300,1e-05,0.0001,0]'],
    [[12345678901234567890n, new PythonFloat(-0)], '[12345678901234567890,-0.0]'],
    [{ b: undefined, a: 'x' }, '{"a":"x"}'],
  ])('writes %p as Python would', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it('sorts names by code point, where JavaScript would sort by half a pair', () => {
    expect(canonicalJson({ '😀': 1, '\uff5e': 2 })).toBe('{"\uff5e":2,"😀":1}')
  })

  it('replaces half a pair, which Python cannot encode', () => {
    expect(canonicalJson('a\ud800b')).toBe('"a\ufffdb"')
  })
})
