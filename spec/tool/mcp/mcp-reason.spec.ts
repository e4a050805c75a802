import { mcpReason } from '../../../lib/tool/mcp/mcp-reason.js'

const httpRefusal = 'Streamable HTTP error: Error POSTing to endpoint: no\n  such user '

describe('mcpReason', () => {
  it.each<[error: unknown, reason: string]>([
    [new Error('MCP error -32602: Not  today\n'), 'Not today'],
    [
      Object.assign(new Error(httpRefusal), { code: 401 }),
      'it answered with HTTP 401: no such user',
    ],
    [new Error('SSE error: closed'), 'closed'],
    [Object.assign(new Error('[…]'), { name: 'ZodError' }), 'its answer is not MCP'],
    [
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
      'it cannot be reached: connect ECONNREFUSED',
    ],
    [new TypeError('fetch failed'), 'it cannot be reached: no reason is known'],
    [Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
    [new RangeError(''), 'RangeError'],
    [{}, 'no reason is known'],
    [null, 'no reason is known'],
  ])('says of %p why it failed', (error, reason) => {
    expect(mcpReason(error)).toBe(reason)
  })

  it('keeps 300 characters of a whole page', () => {
    expect(mcpReason(new Error('x'.repeat(1000)))).toBe('x'.repeat(300))
  })
})
