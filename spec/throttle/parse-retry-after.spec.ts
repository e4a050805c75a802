import { parseRateLimits } from '../../lib/throttle/parse-rate-limits.js'
import { retryAfterMs } from '../../lib/throttle/parse-retry-after.js'

const nowMs = Date.UTC(2026, 10, 23, 12)
const wait = (headers: Record<string, string>, body = '') => {
  const limits = parseRateLimits(headers, { provider: 'openai', nowMs }) ?? []
  return retryAfterMs({ headers, body, limits, nowMs })
}

describe('retryAfterMs', () => {
  it('is absent where nothing is said, or nothing that can be read', () => {
    expect(wait({})).toBeUndefined()
    expect(wait({ 'retry-after': 'soon', 'retry-after-ms': '-1' })).toBeUndefined()
    expect(wait({}, 'Please try again later. Please retry in Xs.')).toBeUndefined()
  })

  it.each([
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:01:00 GMT' }, 60_000],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '3, 9' }, 9_000],
    [{ 'retry-after': '-5, 9' }, 9_000],
    [{ 'retry-after-ms': '30,90' }, 90],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:01:00 GMT, Mon, 23 Nov 2026 12:02:00 GMT' }, 120_000],
    [{ 'retry-after': String(nowMs / 1000 + 60) }, 60_000],
    [{ 'retry-after': String(nowMs + 60_000) }, 60_000],
  ])('reads %j as %d ms', (headers, ms) => expect(wait(headers)).toBe(ms))

  it.each([
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 120ms. Visit us.', 120],
    ['Limit reached. Please try again in 7m12.5s', 432_500],
    ['Please retry in 45.837906927s.', 45_838],
    ['Please retry after 20 seconds.', 20_000],
    ['Try again in 2 minutes', 120_000],
    ['{"error":{"details":[{"retryDelay": "45.837906927s"}],"message":"retry in 3s"}}', 45_838],
  ])('reads the message %j as %d ms', (body, ms) => expect(wait({}, body)).toBe(ms))

  it.each([
    ['Mon, 23 Nov 2026 11:00:00 GMT'],
    [String(nowMs / 1000 - 60)],
    ['-5, -9'],
    ['1000000000000'],
    ['-5'],
    ['NaN'],
    ['3456000'],
  ])('ignores %s, which makes no sense', text => {
    expect(wait({ 'retry-after': text })).toBeUndefined()
    expect(wait({ 'retry-after': text }, 'try again in 5s')).toBe(5_000)
  })

  it('prefers a header to the message, and the message to a limit that is used up', () => {
    const empty = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0s',
    }
    expect(wait({ ...empty, 'retry-after': '3' }, 'try again in 5s')).toBe(3_000)
    expect(wait(empty, 'try again in 5s')).toBe(5_000)
    expect(wait(empty)).toBe(60_000)
  })

  it('never cuts a long wait short', () => {
    expect(wait({ 'retry-after': '86400' })).toBe(86_400_000)
  })
})
