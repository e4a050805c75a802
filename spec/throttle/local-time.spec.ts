import { localTime } from '../../lib/throttle/local-time.js'

describe('localTime', () => {
  it('shows a moment on the clock of this machine', () => {
    expect(localTime(new Date(2026, 10, 3, 9, 5).getTime())).toBe('2026-11-03 09:05 (local time)')
  })
})
