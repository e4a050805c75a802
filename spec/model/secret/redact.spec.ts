import { redact } from '../../../lib/model/secret/redact.js'

const key = 'Zk9/aB+c3=f7Q2'

describe('redact', () => {
  it.each([
    [`Bad key ${key}.`, 'Bad key [key].'],
    [`a${key}b`, 'a[key]b'],
    [`https://host/v1?key=${encodeURIComponent(key)}&alt=sse`, 'https://host/v1?key=[key]&alt=sse'],
    [`got %5A${encodeURIComponent(key)}`, 'got %5A[key]'],
  ])('removes the key of the call: %s', (text, redacted) => {
    expect(redact(text, key)).toBe(redacted)
  })

  it('removes the key of the call also with JSON escapes, or with lower-case escapes', () => {
    expect(redact('said "a\\"b-secret" back', 'a"b-secret')).toBe('said "[key]" back')
    expect(redact('GET /Ab%2fcd%3d1234', 'Ab/cd=1234')).toBe('GET /[key]')
  })

  it.each([
    ['sk-proj-abcdef123456', '[key]'],
    ['Incorrect API key provided: sk-abc**********wxyz.', 'Incorrect API key provided: [key].'],
    ['sk-ant-api03-Ab12Cd34Ef56_gh-7', '[key]'],
    ['sk-abcdefghijklmnopqrst', '[key]'],
    ['gsk_abcdefgh12345, AIzaSyA1234567890', '[key], [key]'],
    ['{"Authorization": "Bearer 0a1b2c3d4e5f6a7b"}', '{"Authorization": "Bearer [key]"}'],
    ['authorization: Bearer sk-abcdefgh1234', 'authorization: Bearer [key]'],
    ['x-api-key: 0a1b2c3d4e5f6a7b', 'x-api-key: [key]'],
    ['Your api key: ****1234 is invalid', 'Your api key: [key] is invalid'],
    ['POST /v1?api_key=abc&x=1', 'POST /v1?api_key=[key]&x=1'],
    ['at https://me:secret@host/v1', 'at https://[key]@host/v1'],
  ])('removes what looks like somebody’s key: %s', (text, redacted) => {
    expect(redact(text, undefined)).toBe(redacted)
  })

  it.each([
    'the key word is missing',
    'Incorrect API key provided',
    'Bearer token missing',
    'Bearer authentication is required',
    'key-value-pairs and key_value_something are not allowed',
    'Unknown name "key": authentication',
    'model xai-grok-2-latest and sk-learn-pipeline are unknown',
    'API key: permission denied',
    'See https://host/account/api-keys, or mail me@host',
  ])('leaves words unchanged: %s', text => {
    expect(redact(text, undefined)).toBe(text)
    expect(redact(text, key)).toBe(text)
  })

  it('removes a short key as a word, but not inside a word', () => {
    expect(redact('no such texture: text', 'text')).toBe('no such texture: [key]')
    expect(redact('Bearer text', 'text')).toBe('Bearer [key]')
  })

  it.each([
    ['an extra x in 1234 boxes of 123', 'x', 'an extra x in 1234 boxes of 123'],
    ['an extra x in 1234 boxes of 123', '123', 'an extra x in 1234 boxes of 123'],
    ['Bearer x is bad', 'x', 'Bearer [key] is bad'],
    ['API key provided: x', 'x', 'API key provided: [key]'],
    ['token="123" is bad', '123', 'token="[key]" is bad'],
    ['?key=x', 'x', '?key=[key]'],
  ])('removes a very short key only after the name of a key: %s, %s', (text, short, redacted) => {
    expect(redact(text, short)).toBe(redacted)
  })

  it('treats an empty key as no key', () => {
    expect(redact('abc', '')).toBe('abc')
  })
})
