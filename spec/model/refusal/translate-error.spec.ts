import type { CallContext } from '../../../lib/model/refusal/call-context.js'
import { callLost, unreadableReply } from '../../../lib/model/refusal/translate-error.js'

const context: CallContext = {
  provider: 'ollama',
  providerTitle: 'Ollama',
  modelName: 'ollama/llama3',
  baseUrl: 'http://127.0.0.1:11434/v1',
  keyName: 'ollama',
  key: undefined,
  isLocal: true,
}
const systemError = (message: string, code: string) => Object.assign(new Error(message), { code })

describe('callLost', () => {
  it('names the host, and asks whether a local server is running', () => {
    const refused = systemError('connect ECONNREFUSED 127.0.0.1:11434', 'ECONNREFUSED')
    expect(callLost(refused, context)).toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'attempt',
      message: 'Connection to 127.0.0.1:11434 failed: connect ECONNREFUSED 127.0.0.1:11434',
      remedy: expect.stringMatching(/^Is Ollama running there\?.*OLLAMA_BASE_URL/),
    })
  })

  it('gives the code where the words lack it, and the words of the first address tried', () => {
    const closed = systemError('other side closed', 'UND_ERR_SOCKET')
    expect(callLost(closed, context).message).toContain('other side closed (UND_ERR_SOCKET)')
    const all = Object.assign(new AggregateError([new Error('connect to ::1')], ''), {
      code: 'ECONNREFUSED',
    })
    expect(callLost(all, context)).toMatchObject({
      message: expect.stringContaining('connect to ::1 (ECONNREFUSED)'),
      remedy: expect.stringContaining('Is Ollama running'),
    })
  })
})

describe('unreadableReply', () => {
  it.each([
    ['', 'it is empty'],
    [' <html>', 'it is HTML'],
    ['{"a":', 'it is not valid JSON, or was cut off'],
    ['{"a":1}', 'it has another form'],
  ])('says of %j that %s', (responseBody, what) => {
    expect(unreadableReply({ responseBody }, context, 0)).toMatchObject({
      code: 'REPLY_INVALID',
      reach: 'attempt',
      message: `The reply of Ollama is no answer: ${what}`,
    })
  })

  it('keeps no hold of the request', () => {
    const error = unreadableReply({ responseBody: '', requestBodyValues: { a: 1 } }, context, 0)
    expect(error.cause).toBeUndefined()
  })
})
