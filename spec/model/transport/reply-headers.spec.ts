import { bodyFormOf, decodeHeaders, hasLimits } from '../../../lib/model/transport/reply-headers.js'

const raw = (...texts: readonly string[]) => texts.map(text => Buffer.from(text, 'latin1'))

describe('the headers of a reply', () => {
  it('say how to read the body, in one header or in several', () => {
    const headers = raw(
      ...['Content-Encoding', 'gzip', 'X-Forwarded-For', 'me', 'content-encoding', 'br'],
      ...['CONTENT-TYPE', 'text/plain', 'content-type'],
    )

    expect(bodyFormOf(headers)).toEqual({ codings: 'gzip,br', contentType: 'text/plain' })
    expect(bodyFormOf(raw('x-other-name', 'gzip'))).toEqual({})
  })

  it('are joined if they come twice', () => {
    expect(decodeHeaders(raw('Via', 'a', 'via', 'b', 'x', 'é'))).toEqual({ via: 'a, b', x: 'é' })
  })

  it('tell of limits by their names', () => {
    expect(hasLimits(raw('X-RateLimit-Reset', '1'))).toBe(true)
    expect(hasLimits(raw('Retry-After', '1'))).toBe(true)
    expect(hasLimits(raw('x-other', 'limit'))).toBe(false)
  })
})
