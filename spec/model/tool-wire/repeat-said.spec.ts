import type { ServerWire } from '../../../lib/model/catalog/model-reference.js'
import { googleId, repeatSaid } from '../../../lib/model/tool-wire/repeat-said.js'
import type { Answer } from '../../../lib/row/answer.js'

const call = { id: 'c1', name: 'look', argumentsText: '{"at":1}' }
const broken = { ...call, argumentsText: '{"at":' }

/** An answer without a reply, such as a client of the user's own gives. */
function answerOf(text: string, toolCalls?: Answer['toolCalls']): Answer {
  return { text, finishReason: 'tool-calls', toolCalls } as Answer
}

describe('repeatSaid of an answer without a reply', () => {
  it.each<[wire: ServerWire, both: object[], callAlone: object[], textAlone: object[]]>([
    [
      'openai-chat',
      [
        {
          role: 'assistant',
          content: 'Hm',
          tool_calls: [
            { type: 'function', id: 'c1', function: { name: 'look', arguments: '{"at":1}' } },
          ],
        },
      ],
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              type: 'function',
              id: 'c1',
              function: { name: 'look', arguments: '{"_raw":"{\\"at\\":"}' },
            },
          ],
        },
      ],
      [{ role: 'assistant', content: 'Hm', tool_calls: [] }],
    ],
    [
      'openai-responses',
      [
        { role: 'assistant', content: 'Hm' },
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":1}' },
      ],
      [{ type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":' }],
      [{ role: 'assistant', content: 'Hm' }],
    ],
    [
      'anthropic',
      [
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Hm' },
            { type: 'tool_use', id: 'c1', name: 'look', input: { at: 1 } },
          ],
        },
      ],
      [
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'c1', name: 'look', input: { _raw: '{"at":' } }],
        },
      ],
      [{ role: 'assistant', content: [{ type: 'text', text: 'Hm' }] }],
    ],
    [
      'google',
      [
        {
          role: 'model',
          parts: [{ text: 'Hm' }, { functionCall: { id: 'c1', name: 'look', args: { at: 1 } } }],
        },
      ],
      [
        {
          role: 'model',
          parts: [{ functionCall: { id: 'c1', name: 'look', args: { _raw: '{"at":' } } }],
        },
      ],
      [{ role: 'model', parts: [{ text: 'Hm' }] }],
    ],
  ])('is written for %s from its text and its calls', (wire, both, callAlone, textAlone) => {
    expect(repeatSaid(wire, answerOf('Hm', [call]))).toEqual(both)
    expect(repeatSaid(wire, answerOf('', [broken]))).toEqual(callAlone)
    expect(repeatSaid(wire, answerOf('Hm'))).toEqual(textAlone)
  })

  it('gives Google no id that is ours', () => {
    expect(googleId('tc_1')).toEqual({})
    expect(googleId('c1')).toEqual({ id: 'c1' })
  })
})

describe('repeatSaid of a reply', () => {
  it.each<[wire: ServerWire, reply: object, said: object[]]>([
    [
      'openai-chat',
      { choices: [{ message: { content: null, refusal: null, tool_calls: ['odd'] } }] },
      [{ role: 'assistant', content: null, tool_calls: [] }],
    ],
    [
      'openai-chat',
      { choices: [{ message: { role: 'assistant' } }] },
      [{ role: 'assistant', content: null, tool_calls: [] }],
    ],
    [
      'openai-responses',
      { output: ['odd', { type: 'message', id: 'm1', content: [], status: null }] },
      [{ type: 'message', id: 'm1', content: [] }],
    ],
    [
      'anthropic',
      { content: ['odd', { type: 'text', text: ' ' }, { type: 'text', text: 'Hm' }] },
      [{ role: 'assistant', content: [{ type: 'text', text: 'Hm' }] }],
    ],
    [
      'google',
      { candidates: [{ content: { parts: ['odd', { text: 'Hm' }] } }] },
      [{ role: 'model', parts: [{ text: 'Hm' }] }],
    ],
  ])('leaves out what says nothing to %s', (wire, reply, said) => {
    expect(repeatSaid(wire, { ...answerOf('Hm'), reply })).toEqual(said)
  })
})
