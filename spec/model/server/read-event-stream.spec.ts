import { isEventStream, readEventStream } from '../../../lib/model/server/read-event-stream.js'

/** A stream of these events. */
function stream(...events: readonly object[]): string {
  return `${events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`
}

const piece = (members: object) => ({ choices: [{ delta: { tool_calls: [members] } }] })

describe('readEventStream', () => {
  it('knows a stream from JSON', () => {
    expect(isEventStream('\ufeff\n: ping\n\ndata: {}')).toBe(true)
    expect(isEventStream('{"data": 1}')).toBe(false)
  })

  it.each([{ message: 'overloaded' }, 'overloaded'])('takes the error %j', error => {
    const events = [{ choices: [{ delta: { content: 'a' } }] }, { error }]

    expect(readEventStream(stream(...events))).toEqual({ error })
  })

  it.each(['', null, 0])('does not take the error %j for one', error => {
    const event = { error, choices: [{ delta: { content: 'a' }, finish_reason: 'stop' }] }

    expect(readEventStream(stream(event))).toMatchObject({
      choices: [{ message: { content: 'a' }, finish_reason: 'stop' }],
    })
  })

  it('finds no answer in events without one', () => {
    expect(readEventStream(stream({}, { choices: [] }, { choices: 'none' }))).toBeUndefined()
  })

  it('joins the pieces of a call, whose name may come late', () => {
    const body = stream(
      piece({ index: 0, id: 'c1', type: 'function' }),
      piece({ index: 0, function: { name: 'look' } }),
      piece({ index: 0 }),
      piece({ index: 0, function: { arguments: '{"at":' } }),
      piece({ index: 0, function: { arguments: '1}' } }),
    )

    expect(readEventStream(body)).toMatchObject({
      choices: [
        {
          message: {
            tool_calls: [{ id: 'c1', function: { name: 'look', arguments: '{"at":1}' } }],
          },
          finish_reason: 'error',
        },
      ],
    })
  })

  it('reads the message of Anthropic, also where members are missing', () => {
    const body = stream(
      { type: 'message_start' },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Co' } },
      { type: 'content_block_delta', index: 0 },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'mo' } },
      { type: 'message_delta', usage: { output_tokens: 2 } },
    )

    expect(readEventStream(body)).toEqual({
      content: [{ type: 'text', text: 'Como' }],
      stop_reason: 'error',
      usage: { output_tokens: 2 },
    })
  })

  it('reads the candidate of Google, which ends with an error if no reason came', () => {
    const body = stream(
      { candidates: [{ content: { parts: [{ text: 'Como' }] } }] },
      { candidates: [{ content: { role: 'model' } }], usageMetadata: { totalTokenCount: 3 } },
    )

    expect(readEventStream(body)).toEqual({
      candidates: [
        { content: { role: 'model', parts: [{ text: 'Como' }] }, finishReason: 'error' },
      ],
      usageMetadata: { totalTokenCount: 3 },
    })
  })
})
