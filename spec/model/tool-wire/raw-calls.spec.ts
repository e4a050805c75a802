import { offerTools } from '../../../lib/model/tool-wire/offer-tools.js'
import { rawCalls, saidIn } from '../../../lib/model/tool-wire/raw-calls.js'

const tool = { name: 'look', description: 'Looks.', inputSchema: { type: 'object' } }

describe('the tools of a wire', () => {
  it('are neither offered to old completions, nor read from them', () => {
    const reply = { choices: [{ text: 'Hm', message: { tool_calls: [{ function: {} }] } }] }

    expect(offerTools('openai-completion', [tool])).toEqual({})
    expect(saidIn('openai-completion', reply)).toBeUndefined()
    expect(rawCalls('openai-completion', [{ type: 'tool_use', id: 'c1', name: 'look' }])).toEqual(
      [],
    )
    expect(rawCalls('anthropic', [{ type: 'tool_use', id: 'c1', name: 'look' }])).toHaveLength(1)
  })

  it('are not offered if there are none', () => {
    expect(offerTools('anthropic', [])).toEqual({})
    expect(offerTools('anthropic', [tool])).toHaveProperty('tools')
  })

  it('are called by parts of the wire alone', () => {
    expect(rawCalls('openai-chat', { tool_calls: ['x', { function: 'x' }] })).toEqual([])
    expect(rawCalls('openai-responses', [{ type: 'message', name: 'look' }])).toEqual([])
    expect(rawCalls('google', { parts: 'x' })).toEqual([])
  })
})
