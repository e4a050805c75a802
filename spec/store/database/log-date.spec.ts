import { logDate, spacedLogDate } from '../../../lib/store/database/log-date.js'

describe('logDate', () => {
  it('always has six digits of fraction, which llm cuts its listings at', () => {
    const second = Date.UTC(2026, 10, 22, 10, 50, 39)

    expect(logDate(second)).toBe('2026-11-22T10:50:39.000000+00:00')
    expect(logDate(second + 797.734375)).toBe('2026-11-22T10:50:39.797734+00:00')
  })
})

describe('spacedLogDate', () => {
  it('has a space for the T', () => {
    expect(spacedLogDate(Date.UTC(2026, 10, 22))).toBe('2026-11-22 00:00:00.000000+00:00')
  })
})
