import { callLost, unreadableReply } from '../../../lib/model/error-reply/call-errors.js'
import type { Endpoint } from '../../../lib/model/error-reply/endpoint.js'

const endpoint: Endpoint = {
  provider: 'ollama',
  providerTitle: 'Ollama',
  modelName: 'ollama/llama3',
  baseUrl: 'http://127.0.0.1:11434/v1',
  keyName: 'ollama',
  key: undefined,
  isLocal: true,
}
const systemError = (message: string, code: string) => Object.assign(new Error(message), { code })
const unread = (body: string) =>
  unreadableReply({ status: 200, headers: {}, body }, endpoint, { nowMs: 0 })

describe('callLost', () => {
  it('names the host, and asks whether a local server is running', () => {
    const refused = systemError('connect ECONNREFUSED 127.0.0.1:11434', 'ECONNREFUSED')
    expect(callLost(refused, endpoint, false)).toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'attempt',
      message: 'Connection to 127.0.0.1:11434 failed: connect ECONNREFUSED 127.0.0.1:11434',
      remedy: expect.stringMatching(/^Is Ollama running there\?.*OLLAMA_BASE_URL/),
    })
  })

  it('adds the code if the message lacks it, and uses the message of the first address', () => {
    const closed = systemError('other side closed', 'UND_ERR_SOCKET')
    expect(callLost(closed, endpoint, false).message).toContain(
      'other side closed (UND_ERR_SOCKET)',
    )
    const all = Object.assign(new AggregateError([new Error('connect to ::1')], ''), {
      code: 'ECONNREFUSED',
    })
    expect(callLost(all, endpoint, false)).toMatchObject({
      message: expect.stringContaining('connect to ::1 (ECONNREFUSED)'),
      remedy: expect.stringContaining('Is Ollama running'),
    })
  })
})

describe('a certificate that is refused', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'clock'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
  ])('ends the run with what to do: %s', (code, remedy) => {
    expect(callLost(systemError('certificate', code), endpoint, false)).toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'run',
      message: `The connection to 127.0.0.1:11434 is not trusted: certificate (${code})`,
      remedy: expect.stringContaining(remedy),
      mayBeBilled: false,
    })
  })
})

describe('what may be billed', () => {
  const reset = systemError('read ECONNRESET', 'ECONNRESET')

  it('is a call that was lost after it was sent, and one whose reply is too large', () => {
    const large = systemError('it is longer than 64 MB', 'REPLY_TOO_LARGE')

    expect(callLost(reset, endpoint, true).mayBeBilled).toBe(true)
    expect(callLost(reset, endpoint, false).mayBeBilled).toBe(false)
    expect(callLost(large, endpoint, true).mayBeBilled).toBe(true)
  })

  it('is a reply that is no answer, but not an error inside it', () => {
    const limited = { error: { code: 429, message: 'slow down' } }

    expect(unread('<html>').mayBeBilled).toBe(true)
    expect(unread(JSON.stringify(limited)).mayBeBilled).toBe(false)
  })
})

describe('unreadableReply', () => {
  it.each([
    ['', 'it is empty'],
    [' <html>', 'it is HTML'],
    ['{"a":', 'it is not valid JSON, or not complete'],
    ['{"a":1}', 'it is JSON of an unknown form'],
  ])('says of %j that %s', (responseBody, what) => {
    expect(unread(responseBody)).toMatchObject({
      code: 'REPLY_INVALID',
      reach: 'attempt',
      message: `The reply of Ollama is not an answer: ${what}`,
    })
  })
})
